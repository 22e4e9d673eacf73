import type { ReactElement } from "react";
import { Hidden } from "../../ui/Hidden/Hidden.tsx";
import { Skeleton } from "../../ui/Skeleton/Skeleton.tsx";
import styles from "./RowSkeletons.module.css";

// Widths of the two lines in percent: names and messages differ in length.
const lines: readonly (readonly [number, number])[] = [
  [38, 72],
  [24, 58],
  [46, 80],
  [30, 44],
  [52, 66],
  [28, 76],
  [40, 52],
  [34, 70],
  [48, 60],
  [26, 46],
];

/** The list before it is read, if that takes longer than a moment. */
export function RowSkeletons({ label }: { readonly label: string }): ReactElement {
  return (
    <div>
      <Hidden>{label}</Hidden>
      {lines.map(([title, text]) => (
        <div key={title} className={styles.row}>
          <Skeleton circle width={3} />
          <span className={styles.main}>
            <span className={styles.top}>
              <Skeleton percent={title} />
              <Skeleton width={2} />
            </span>
            <Skeleton percent={text} />
          </span>
        </div>
      ))}
    </div>
  );
}
