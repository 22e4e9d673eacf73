import type { LucideIcon } from "lucide-react";
import type { ComponentProps, MouseEvent, ReactElement } from "react";
import { cx } from "../../base/cx.ts";
import { Spinner } from "../Spinner/Spinner.tsx";
import styles from "./Button.module.css";

export type ButtonKind = "primary" | "quiet" | "danger" | "dangerSoft" | "glass";

interface Props extends Omit<ComponentProps<"button">, "children" | "className"> {
  readonly label: string;
  readonly kind?: ButtonKind;
  readonly icon?: LucideIcon;
  /** As wide as what it stands in, and 50 high. */
  readonly large?: boolean;
  /** The spinner takes the icon's place; a second press does nothing. */
  readonly busy?: boolean;
}

/** A press of a button that submits would submit again, and so would Enter in a field of its form. */
function stop(event: MouseEvent): void {
  event.preventDefault();
}

/** A button of words. One primary button a view. */
export function Button({
  label,
  kind = "quiet",
  icon: Icon,
  large = false,
  busy = false,
  ...rest
}: Props): ReactElement {
  return (
    <button
      type="button"
      {...rest}
      onClick={busy ? stop : rest.onClick}
      className={cx(styles.button, styles[kind], large && styles.large)}
      aria-busy={busy || undefined}
    >
      {busy && <Spinner tone="current" />}
      {!busy && Icon !== undefined && <Icon size="1.25rem" strokeWidth={1.75} aria-hidden="true" />}
      <span>{label}</span>
    </button>
  );
}
