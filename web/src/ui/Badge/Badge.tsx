import type { ReactElement } from "react";
import { cx } from "../../base/cx.ts";
import styles from "./Badge.module.css";

interface Props {
  /** What it counts; undefined makes a dot without a number. */
  readonly count: number | undefined;
  /** What it says to who does not see it. */
  readonly label: string;
  readonly quiet?: boolean;
}

/** A count of what is new, at most 99+. */
export function Badge({ count, label, quiet = false }: Props): ReactElement {
  return (
    <b
      className={cx(styles.badge, quiet && styles.quiet, count === undefined && styles.dot)}
      role="img"
      aria-label={label}
    >
      {count === undefined ? null : count > 99 ? "99+" : count}
    </b>
  );
}
