import type { ReactElement, ReactNode } from "react";
import styles from "./Hidden.module.css";

/** For who hears the page instead of seeing it. */
export function Hidden({ children }: { readonly children: ReactNode }): ReactElement {
  return <span className={styles.hidden}>{children}</span>;
}
