import type { Exactness } from "../i18n/format.ts";

const day = 86_400_000;

/**
 * When somebody was last there, as it is shown. The server tells a minute, or a day (UTC) where it knows no more or may not say more:
 * a whole day is only that, and shown as the same day of the reader's calendar, wherever they are.
 */
export function lastSeenOf(lastSeen: number): { readonly time: number; readonly exactness: Exactness } {
  if (lastSeen % day !== 0) return { time: lastSeen, exactness: "minute" };
  const utc = new Date(lastSeen);
  const local = new Date(utc.getUTCFullYear(), utc.getUTCMonth(), utc.getUTCDate());
  return { time: local.getTime(), exactness: "day" };
}
