import type { ReactElement } from "react";
import { Hidden } from "../../ui/Hidden/Hidden.tsx";
import { Skeleton } from "../../ui/Skeleton/Skeleton.tsx";
import styles from "./RowSkeletons.module.css";

// Widths of the two lines in rem: names and messages differ in length.
const lines: readonly (readonly [number, number])[] = [
  [6.625, 12.5],
  [4.1875, 10.0625],
  [8, 13.875],
  [5.25, 7.625],
  [9.0625, 11.4375],
  [4.8125, 13.25],
  [7, 9.0625],
  [5.9375, 12.1875],
  [8.375, 10.4375],
  [4.5625, 8],
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
              <Skeleton width={title} />
              <Skeleton width={2} />
            </span>
            <Skeleton width={text} />
          </span>
        </div>
      ))}
    </div>
  );
}
