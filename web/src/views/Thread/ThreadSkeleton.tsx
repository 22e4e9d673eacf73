import type { CSSProperties, ReactElement } from "react";
import { cx } from "../../base/cx.ts";
import { useWords } from "../../i18n/Words.tsx";
import { Ripples } from "../../ui/Ripples/Ripples.tsx";
import { Hidden } from "../../ui/Hidden/Hidden.tsx";
import { Skeleton } from "../../ui/Skeleton/Skeleton.tsx";
import composerStyles from "../Composer/Composer.module.css";
import styles from "./ThreadSkeleton.module.css";

// Side, width and height in rem, and whether it is the first of a group.
const bubbles: readonly (readonly ["in" | "out", number, number, boolean])[] = [
  ["in", 17.5, 2.5, true],
  ["in", 12.5, 2.5, false],
  ["out", 20, 3.875, true],
  ["in", 21, 13.75, true],
  ["out", 11.25, 2.5, true],
  ["out", 16.25, 2.5, false],
  ["in", 18.75, 3.875, true],
  ["out", 13.75, 2.5, true],
];

interface Props {
  /** Nothing is known of the conversation: header and composer are outlines, too. */
  readonly whole: boolean;
  readonly ripples?: boolean;
}

/** A conversation before it is read, if that takes longer than a moment. */
export function ThreadSkeleton({ whole, ripples = false }: Props): ReactElement {
  const { t } = useWords();
  return (
    <div className={styles.thread}>
      {ripples && <Ripples />}
      {whole && (
        <div className={styles.header}>
          <Skeleton circle width={2.5} />
          <span className={styles.words}>
            <Skeleton width={7.5} />
            <Skeleton width={4.5} />
          </span>
        </div>
      )}
      <Hidden as={whole ? "h1" : "span"}>{t.app.loading}</Hidden>
      <div className={styles.log} aria-hidden="true">
        {bubbles.map(([side, width, height, first], at) => (
          <i
            key={at}
            className={cx(styles.bubble, side === "out" && styles.out, first && styles.first)}
            style={{ "--width": `${width}rem`, "--height": `${height}rem` } as CSSProperties}
          />
        ))}
      </div>
      {whole && (
        <div className={composerStyles.composer} aria-hidden="true">
          <div className={composerStyles.line}>
            <div className={composerStyles.box} />
            <i className={composerStyles.send} data-empty="" />
          </div>
        </div>
      )}
    </div>
  );
}
