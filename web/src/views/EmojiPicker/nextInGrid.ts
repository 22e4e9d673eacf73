import type { KeyboardEvent } from "react";

/** As many as the style sheet puts beside each other. */
export const columns = 8;

/** Where a key leads among `count` things in rows of eight; undefined for other keys, and where there is nothing. */
export function nextInGrid(event: KeyboardEvent, at: number, count: number): number | undefined {
  const forwards = getComputedStyle(event.currentTarget).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: -1,
    [forwards]: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    Home: -at,
    End: count - 1 - at,
  };
  const step = steps[event.key];
  if (step === undefined) return undefined;
  const to = at + step;
  return to >= 0 && to < count ? to : undefined;
}
