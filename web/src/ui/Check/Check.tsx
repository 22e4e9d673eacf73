import { Check as CheckIcon } from "lucide-react";
import type { ReactElement } from "react";
import { cx } from "../../base/cx.ts";
import styles from "./Check.module.css";

/** The look of a check: the row around it is the control. */
export function Check({ on, disabled = false }: { readonly on: boolean; readonly disabled?: boolean }): ReactElement {
  return (
    <span className={cx(styles.check, on && styles.on, disabled && styles.disabled)} aria-hidden="true">
      {on && <CheckIcon size="0.875rem" strokeWidth={3} />}
    </span>
  );
}
