import type { LucideIcon } from "lucide-react";
import type { ComponentProps, ReactElement } from "react";
import { cx } from "../../base/cx.ts";
import styles from "./IconButton.module.css";

interface Props extends Omit<ComponentProps<"button">, "children" | "className" | "aria-label" | "title"> {
  /** Its name, and its tooltip. */
  readonly label: string;
  readonly icon: LucideIcon;
  /** 32 to see, 44 to hit. */
  readonly small?: boolean;
  /** 24 on phones. */
  readonly grows?: boolean;
  readonly onPicture?: boolean;
  /** Turned round where writing runs from right to left: arrows and chevrons. */
  readonly directed?: boolean;
}

export function IconButton({
  label,
  icon: Icon,
  small = false,
  grows = false,
  onPicture = false,
  directed = false,
  ...rest
}: Props): ReactElement {
  return (
    <button
      type="button"
      {...rest}
      className={cx(
        styles.button,
        small && styles.small,
        grows && styles.grows,
        onPicture && styles.onPicture,
        directed && styles.directed,
      )}
      aria-label={label}
      title={label}
    >
      <Icon strokeWidth={1.75} aria-hidden="true" />
    </button>
  );
}
