import type { LucideIcon } from "lucide-react";
import { useRef, type KeyboardEvent, type ReactElement } from "react";
import { nextInRow } from "../Chips/nextInRow.ts";
import styles from "./Segments.module.css";

export interface Segment<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly icon: LucideIcon;
}

interface Props<T extends string> {
  /** The id of the heading that says what is chosen here. */
  readonly labelledBy: string;
  readonly segments: readonly Segment<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

/** One of two or three, side by side: one tab stop, arrows move and choose. */
export function Segments<T extends string>({ labelledBy, segments, value, onChange }: Props<T>): ReactElement {
  const row = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const at = segments.findIndex((segment) => segment.value === value);
    const to = nextInRow(event, at, segments.length);
    const segment = to === undefined ? undefined : segments[to];
    if (segment === undefined || to === undefined) return;
    event.preventDefault();
    onChange(segment.value);
    row.current?.querySelectorAll<HTMLElement>('[role="radio"]')[to]?.focus();
  };
  return (
    <div ref={row} className={styles.segments} role="radiogroup" aria-labelledby={labelledBy} onKeyDown={move}>
      {segments.map(({ value: own, label, icon: Icon }) => (
        <button
          key={own}
          type="button"
          role="radio"
          aria-checked={own === value}
          tabIndex={own === value ? 0 : -1}
          className={styles.segment}
          onClick={() => {
            onChange(own);
          }}
        >
          <Icon size="1.125rem" strokeWidth={1.75} aria-hidden="true" />
          <span>{label}</span>
        </button>
      ))}
    </div>
  );
}
