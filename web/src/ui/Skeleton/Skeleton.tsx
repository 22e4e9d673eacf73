import type { ReactElement } from "react";
import { cx } from "../../base/cx.ts";
import styles from "./Skeleton.module.css";

type Props =
  | {
      /** Width in rem. */
      readonly width: number;
      readonly circle?: boolean;
    }
  | {
      /** Width as a share of what it stands in. */
      readonly percent: number;
    };

/** Where something will stand that is not read yet: a line, or a circle for a picture. */
export function Skeleton(props: Props): ReactElement {
  const circle = "circle" in props && props.circle;
  const width = "percent" in props ? `${props.percent}%` : `${props.width}rem`;
  return (
    <i
      className={cx(styles.skeleton, circle && styles.circle)}
      style={circle ? { width, height: width } : { width }}
      aria-hidden="true"
    />
  );
}
