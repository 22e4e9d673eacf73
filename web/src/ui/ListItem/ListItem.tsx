import { ChevronRight, type LucideIcon } from "lucide-react";
import type { ComponentProps, MouseEvent, ReactElement, ReactNode } from "react";
import { cx } from "../../base/cx.ts";
import { Switch } from "../Switch/Switch.tsx";
import styles from "./ListItem.module.css";

export type ListItemTone = "plain" | "accent" | "danger";

interface Content {
  readonly title: string;
  /** A second line. */
  readonly text?: string | undefined;
  /** The second line stands above, small: a label with its value below. */
  readonly labelFirst?: boolean;
  readonly icon?: LucideIcon;
  /** In place of an icon, as a picture. */
  readonly before?: ReactNode;
  readonly tone?: ListItemTone;
  /** How the icon stands: alone, in a tile (settings), in a circle (things to begin). */
  readonly look?: "plain" | "tile" | "circle";
  /** At the end of the line: a value, a tag. */
  readonly value?: ReactNode;
}

interface ButtonProps extends Content {
  readonly onClick: (event: MouseEvent<HTMLButtonElement>) => void;
  readonly chevron?: boolean;
  /** It is what is shown beside the list. */
  readonly current?: boolean;
  readonly extra?: Omit<ComponentProps<"button">, "children" | "className" | "onClick">;
}

/** A line that does something. */
export function ListButton({
  onClick,
  chevron = false,
  current = false,
  extra,
  ...content
}: ButtonProps): ReactElement {
  const { tone = "plain", look = "plain" } = content;
  return (
    <button
      type="button"
      {...extra}
      className={cx(styles.item, styles.action)}
      data-tone={tone}
      data-look={look}
      aria-current={current || undefined}
      onClick={onClick}
    >
      <Inside {...content} />
      {chevron && <ChevronRight className={styles.chevron} strokeWidth={1.75} aria-hidden="true" />}
    </button>
  );
}

interface SwitchProps extends Content {
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
  readonly disabled?: boolean;
}

/** A line that is on or off. */
export function ListSwitch({ on, onChange, disabled = false, ...content }: SwitchProps): ReactElement {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      disabled={disabled}
      className={cx(styles.item, styles.action)}
      onClick={() => {
        onChange(!on);
      }}
    >
      <Inside {...content} />
      <Switch on={on} disabled={disabled} />
    </button>
  );
}

/** A line that only says something. */
export function ListText(content: Content): ReactElement {
  return (
    <div className={styles.item} data-tone={content.tone ?? "plain"} data-look={content.look ?? "plain"}>
      <Inside {...content} />
    </div>
  );
}

function Inside({ title, text, labelFirst = false, icon: Icon, before, value }: Content): ReactElement {
  return (
    <>
      {before}
      {Icon !== undefined && (
        <span className={styles.icon}>
          <Icon size="1.25rem" strokeWidth={1.75} aria-hidden="true" />
        </span>
      )}
      <span className={cx(styles.words, labelFirst && styles.labelFirst)}>
        <span className={styles.title}>{title}</span>
        {text !== undefined && text !== "" && <span className={styles.text}>{text}</span>}
      </span>
      {value !== undefined && <span className={styles.value}>{value}</span>}
    </>
  );
}
