import type { ReactElement } from "react";
import { cx } from "../../base/cx.ts";
import styles from "./Spinner.module.css";

interface Props {
  readonly small?: boolean;
  /** In a button it has the button's own colour. */
  readonly tone?: "accent" | "current";
}

/** Says that something is going on, to the eye alone: words stand beside it. */
export function Spinner({ small = false, tone = "accent" }: Props): ReactElement {
  return (
    <span
      className={cx(styles.spinner, small && styles.small, tone === "current" && styles.current)}
      aria-hidden="true"
    />
  );
}
