import type { KeyboardEvent } from "react";

/**
 * Where an arrow, Home or End leads among `count` things in a row that goes round; undefined for other keys, and with keys that make
 * them the browser's (Alt and an arrow go back a page).
 */
export function nextInRow(event: KeyboardEvent, at: number, count: number): number | undefined {
  if (event.altKey || event.ctrlKey || event.metaKey) return undefined;
  const rightToLeft = getComputedStyle(event.currentTarget).direction === "rtl";
  switch (event.key) {
    case "ArrowDown":
      return (at + 1) % count;
    case "ArrowUp":
      return (at - 1 + count) % count;
    case "ArrowRight":
      return (at + (rightToLeft ? -1 : 1) + count) % count;
    case "ArrowLeft":
      return (at + (rightToLeft ? 1 : -1) + count) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}
