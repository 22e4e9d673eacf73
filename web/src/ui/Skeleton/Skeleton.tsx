import type { ReactElement } from "react";
import { cx } from "../../base/cx.ts";
import styles from "./Skeleton.module.css";

interface Props {
  /** Width in rem. */
  readonly width: number;
  readonly circle?: boolean;
}

/** Where something will stand that is not read yet: a line, or a circle for a picture. */
export function Skeleton({ width, circle = false }: Props): ReactElement {
  return (
    <i
      className={cx(styles.skeleton, circle && styles.circle)}
      style={circle ? { width: `${width}rem`, height: `${width}rem` } : { width: `${width}rem` }}
      aria-hidden="true"
    />
  );
}
