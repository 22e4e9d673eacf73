import type { Stop } from "../base/clock.ts";
import type { Id } from "../base/id.ts";
import { through } from "../base/ranges.ts";
import { isMessage } from "../codec/record_content.ts";
import type { Book } from "../sync/book.ts";
import { createSerial } from "../sync/serial.ts";
import { messageOf } from "./messages.ts";
import type { IncomingMessage } from "./types.ts";

/** Records that are read from the store at a time. */
const page = 100;

/**
 * Gives every message of others that this account has not read, each conversation's in order and without a gap: those that
 * are in the store already, and those that come. Where one is missing, the later ones wait for it.
 */
export function followIncoming(book: Book, give: (message: IncomingMessage) => void): Stop {
  const told = new Map<Id, number>();
  const serial = createSerial();
  let over = false;
  const isOver = (): boolean => over;

  const tell = async (id: Id): Promise<void> => {
    for (;;) {
      const row = book.conversation(id);
      if (row === undefined || isOver()) return;
      const from = Math.max(told.get(id) ?? row.read, row.joinSeq - 1) + 1;
      const to = Math.min(through(row.have, from), from + page - 1);
      if (to < from) return;
      await book.journal.flush();
      const records = await book.scan("records", id, { from, to, limit: page });
      // Said before it is given: a listener that fails must not get it for ever.
      told.set(id, to);
      for (const record of records) {
        if (isOver()) return;
        if (!isMessage(record.kind) || record.account === book.me().account) continue;
        give({ ...messageOf(row, record, book.me().account), seq: record.seq });
      }
    }
  };
  const look = (id: Id): void => {
    // A store that fails says so elsewhere.
    serial.run(() => tell(id)).catch(() => undefined);
  };
  for (const { id, read } of book.conversations()) {
    told.set(id, read);
    look(id);
  }
  const stop = book.changed.on((change) => {
    if (change.type === "record") look(change.id);
    if (change.type === "forgotten") told.delete(change.id);
  });
  return () => {
    over = true;
    stop();
  };
}
