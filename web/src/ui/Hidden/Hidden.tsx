import type { ReactElement, ReactNode } from "react";
import styles from "./Hidden.module.css";

interface Props {
  readonly as?: "span" | "h1";
  readonly children: ReactNode;
}

/** For who hears the page instead of seeing it. */
export function Hidden({ as: Element = "span", children }: Props): ReactElement {
  return <Element className={styles.hidden}>{children}</Element>;
}
