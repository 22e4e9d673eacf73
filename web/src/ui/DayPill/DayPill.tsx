import type { ReactElement } from "react";
import styles from "./DayPill.module.css";

/** The day of what stands below. */
export function DayPill({ label }: { readonly label: string }): ReactElement {
  return <span className={styles.pill}>{label}</span>;
}
