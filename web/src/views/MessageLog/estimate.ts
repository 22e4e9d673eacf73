import type { ChatLogRow } from "./MessageLog.tsx";

// At the usual text size; what is not right is measured once it is on the page.
const line = 21;
const letter = 7.6;
const bubble = 17;
const nameLine = 19;
const timeAndTick = 70;
const space = { none: 0, bubble: 2, group: 8, line: 12, day: 16 };

/** How tall a row will be, more or less, in px: close enough that the scroll bar does not jump. */
export function estimateOf(row: ChatLogRow, width: number): number {
  const above = space[row.space];
  switch (row.kind) {
    case "message": {
      const { text, group, mine, first, failed } = row.message;
      const across = Math.max(120, Math.min(width * 0.78, 560) - 24 - (group && !mine ? 40 : 0));
      let lines = 0;
      for (const part of (text ?? "").split("\n")) lines += Math.max(1, Math.ceil((part.length * letter) / across));
      const lastLine = ((text ?? "").length * letter) % across;
      const own = lines * line + (lastLine + timeAndTick > across ? line : 0);
      return above + bubble + own + (group && !mine && first ? nameLine : 0) + (failed === undefined ? 0 : 34);
    }
    case "day":
      return above + 38;
    case "system":
      return above + 30;
    case "unread":
      return above + 30;
    case "start":
      return above + 34;
    case "older":
      return above + 40;
  }
}
