import { missing } from "../base/ranges.ts";
import { timeOf } from "../base/stamp.ts";
import type { OutboxRow } from "../store/rows.ts";
import type { Book } from "./book.ts";
import type { Filler } from "./filler.ts";

/** How much of a clock's error the search allows for, in milliseconds. */
const day = 86_400_000;
/** Records looked at in one go. */
const scanned = 500;

/**
 * S3: whether a message is in its conversation after all: among the records since it was made, once all of the conversation
 * is in the store. Rejects if it cannot be read now.
 */
export async function findMessage(book: Book, filler: Filler, row: OutboxRow): Promise<boolean> {
  const hole = (): number | undefined => {
    const now = book.conversation(row.conversation);
    return now === undefined ? undefined : missing(now.have, now.joinSeq, now.head).at(-1)?.[1];
  };
  for (let last = hole(); last !== undefined; last = hole()) await filler.older(row.conversation, last + 1);
  await book.journal.flush();
  const since = timeOf(row.id) - day;
  let to = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const records = await book.scan("records", row.conversation, { to, limit: scanned, backwards: true });
    if (records.some(({ id, device }) => id === row.id && device === book.me().device)) return true;
    const oldest = records.at(-1);
    if (oldest === undefined || records.length < scanned || oldest.ts < since) return false;
    to = oldest.seq - 1;
  }
}
