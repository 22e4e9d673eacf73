import { useState, type FocusEvent, type KeyboardEvent } from "react";

interface Roving {
  /** For each row: 0 for the one that Tab comes to, -1 for all others. */
  readonly tabIndexOf: (id: string) => 0 | -1;
  /** On what is around the rows. */
  readonly handlers: {
    readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
    readonly onFocus: (event: FocusEvent<HTMLElement>) => void;
  };
}

/**
 * One tab stop for a list: arrows, Home and End move among what has `data-row`, whose value is the row's id. `home` is the one
 * that Tab comes to first.
 */
export function useRoving(ids: readonly string[], home: string | undefined): Roving {
  const [active, setActive] = useState<string | undefined>(undefined);
  const there = (id: string | undefined): boolean => id !== undefined && ids.includes(id);
  const stop = there(active) ? active : there(home) ? home : ids[0];
  return {
    tabIndexOf: (id) => (id === stop ? 0 : -1),
    handlers: {
      onKeyDown: moveByArrows,
      onFocus: (event) => {
        const row = event.target.closest<HTMLElement>("[data-row]");
        if (row?.dataset.row !== undefined) setActive(row.dataset.row);
      },
    },
  };
}

function moveByArrows(event: KeyboardEvent<HTMLElement>): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row]")];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  const row = to === undefined ? undefined : rows[to];
  if (row === undefined) return;
  event.preventDefault();
  row.focus();
}
