import type { ReactElement } from "react";
import styles from "./Tag.module.css";

/** A word that marks one of several: Admin, This device. */
export function Tag({ label }: { readonly label: string }): ReactElement {
  return <span className={styles.tag}>{label}</span>;
}
