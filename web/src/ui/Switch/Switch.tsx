import type { ReactElement } from "react";
import { cx } from "../../base/cx.ts";
import styles from "./Switch.module.css";

/** The look of a switch: the row around it is the control. */
export function Switch({ on, disabled = false }: { readonly on: boolean; readonly disabled?: boolean }): ReactElement {
  return <span className={cx(styles.switch, on && styles.on, disabled && styles.disabled)} aria-hidden="true" />;
}
