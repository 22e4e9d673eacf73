import type { ReactElement } from "react";
import styles from "./Dots.module.css";

/** Three dots that move while somebody types. The word stands before them. */
export function Dots(): ReactElement {
  return (
    <span className={styles.dots} aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  );
}
