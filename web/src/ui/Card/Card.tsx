import type { ReactElement, ReactNode } from "react";
import { cx } from "../../base/cx.ts";
import styles from "./Card.module.css";

interface Props {
  /** A heading within the card. */
  readonly title?: string;
  readonly titleId?: string;
  /** At the end of the heading's line. */
  readonly aside?: ReactNode;
  /** Space around what is in it; lists have none. */
  readonly padded?: boolean;
  readonly children: ReactNode;
}

/** A raised group of things in info and settings. */
export function Card({ title, titleId, aside, padded = false, children }: Props): ReactElement {
  return (
    <section className={cx(styles.card, padded && styles.padded)}>
      {title !== undefined && (
        <div className={styles.head}>
          <h3 id={titleId}>{title}</h3>
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}
