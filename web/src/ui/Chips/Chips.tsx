import { useRef, type KeyboardEvent, type ReactElement } from "react";
import styles from "./Chips.module.css";
import { nextInRow } from "./nextInRow.ts";

export interface Chip<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly count?: number | undefined;
}

interface Props<T extends string> {
  readonly label: string;
  readonly chips: readonly Chip<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

/** Exactly one of a few: one tab stop, arrows move and choose. */
export function Chips<T extends string>({ label, chips, value, onChange }: Props<T>): ReactElement {
  const row = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const at = chips.findIndex((chip) => chip.value === value);
    const to = nextInRow(event, at, chips.length);
    const chip = to === undefined ? undefined : chips[to];
    if (chip === undefined || to === undefined) return;
    event.preventDefault();
    onChange(chip.value);
    row.current?.querySelectorAll<HTMLElement>('[role="radio"]')[to]?.focus();
  };
  return (
    <div ref={row} className={styles.chips} role="radiogroup" aria-label={label} onKeyDown={move}>
      {chips.map((chip) => (
        <button
          key={chip.value}
          type="button"
          role="radio"
          aria-checked={chip.value === value}
          tabIndex={chip.value === value ? 0 : -1}
          className={styles.chip}
          onClick={() => {
            onChange(chip.value);
          }}
        >
          {chip.label}
          {chip.count !== undefined && chip.count > 0 && (
            <>
              {" "}
              <span className={styles.count}>{chip.count}</span>
            </>
          )}
        </button>
      ))}
    </div>
  );
}
