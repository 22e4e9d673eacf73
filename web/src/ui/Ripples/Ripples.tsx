import type { ReactElement } from "react";
import styles from "./Ripples.module.css";

/** Sand behind the messages. What it stands in isolates its layers. */
export function Ripples(): ReactElement {
  return <div className={styles.ripples} aria-hidden="true" />;
}
