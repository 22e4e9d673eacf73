import type { ReactElement, ReactNode } from "react";
import { cx } from "../../base/cx.ts";
import styles from "./Card.module.css";

interface Props {
  /** A heading within the card. */
  readonly title?: string;
  readonly titleId?: string;
  /** Of the heading: below the title of a pane, or below something in it. */
  readonly level?: 2 | 3;
  /** At the end of the heading's line. */
  readonly aside?: ReactNode;
  /** Space around what is in it; lists have none. */
  readonly padded?: boolean;
  readonly children: ReactNode;
}

/** A raised group of things in info and settings. */
export function Card({ title, titleId, level = 2, aside, padded = false, children }: Props): ReactElement {
  const Heading = level === 2 ? "h2" : "h3";
  return (
    <section className={cx(styles.card, padded && styles.padded)}>
      {title !== undefined && (
        <div className={styles.head}>
          <Heading id={titleId}>{title}</Heading>
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}
