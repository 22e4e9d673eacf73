import type { Id } from "../base/id.ts";
import { isMessage } from "../codec/record_content.ts";
import type { RecordRow } from "../store/rows.ts";
import type { Book } from "./book.ts";

/** How many records are looked at to count; above that, what is unread counts as nothing but messages of others. */
const countAtMost = 2000;

/**
 * Raises what has been read, on this device or another, and counts anew what above it does not count as unread. Resolves
 * once that is done; a lower seq changes nothing.
 */
export async function raiseRead(book: Book, id: Id, seq: number): Promise<void> {
  const before = book.conversation(id);
  if (before === undefined || seq <= before.read) return;
  book.put({ ...before, read: seq, uncounted: 0 });
  if (seq >= before.head) return;
  await book.journal.flush();
  const above = await book.scan("records", id, { from: seq + 1, limit: countAtMost });
  const row = book.conversation(id);
  // Another read went further meanwhile, and counts for itself.
  if (row?.read !== seq) return;
  // What came during the scan is in it if it is in the store by now, and is in `uncounted` in any case.
  const came = row.uncounted;
  const known = above.filter((record) => record.seq <= before.head && !counts(record, book.me().account)).length;
  book.put({ ...row, uncounted: known + came });
}

function counts(record: RecordRow, own: Id): boolean {
  return isMessage(record.kind) && record.account !== own;
}
