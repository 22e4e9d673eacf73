import type { Random } from "../base/clock.ts";
import type { Id } from "../base/id.ts";
import { compareIds } from "../base/id.ts";
import { emitter } from "../base/signal.ts";
import type { Emitter } from "../base/signal.ts";
import { nextMessageId } from "../base/stamp.ts";
import type { StreamRecord } from "../codec/wire.ts";
import { createOutbox } from "../outbox/outbox.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { ConversationRow, MeRow, OutboxRow } from "../store/rows.ts";
import { keyOf } from "../store/store.ts";
import type { Store } from "../store/store.ts";
import { forgottenRow, withRecord } from "./conversation_row.ts";
import { createJournal } from "./journal.ts";
import type { Journal } from "./journal.ts";

/** What changed in a {@link Book}. */
export type BookChange =
  | { readonly type: "me" }
  | { readonly type: "conversation"; readonly id: Id }
  /** A record came; `record` as it is in the store. */
  | { readonly type: "record"; readonly id: Id; readonly record: StreamRecord }
  /** All records of a conversation are gone. */
  | { readonly type: "forgotten"; readonly id: Id }
  | { readonly type: "outbox"; readonly id: Id };

/**
 * What this device knows, in memory as far as it is small: who it is, its conversations, its outbox. Every change is made
 * here and goes into the store by the journal; records are only passed through.
 */
export interface Book {
  readonly journal: Journal;
  readonly changed: Emitter<BookChange>;
  readonly outbox: Outbox;
  /** Reads the store; what the journal has not brought there yet is not in it. */
  readonly scan: Store["scan"];
  me(): MeRow;
  setMe(change: Partial<MeRow>): void;
  conversation(id: Id): ConversationRow | undefined;
  conversations(): readonly ConversationRow[];
  /** Replaces a conversation's row. */
  put(row: ConversationRow): void;
  /** Takes a record into a conversation that is there, unless it has it; what waited in the outbox as this record leaves it. */
  addRecord(id: Id, record: StreamRecord): void;
  /** D11: drops all records and cursors of a conversation. */
  forget(id: Id): void;
  /** The next message id, above all that were used. */
  stamp(now: number): Id;
  /** Makes a message id of somewhere else a lower bound of the next ones. */
  raiseStamp(floor: Id): void;
  /** The next place in the outbox. */
  nextPlace(): number;
  putOutbox(row: OutboxRow): void;
  deleteOutbox(row: OutboxRow): void;
}

/** Reads what a store has. Rejects if it cannot be read; undefined if nobody is signed in. */
export async function openBook(
  store: Store,
  random: Random,
  failed: (reason: unknown) => void,
): Promise<Book | undefined> {
  const [[me], conversations, waiting] = await Promise.all([
    store.all("me"),
    store.all("conversations"),
    store.all("outbox"),
  ]);
  if (me === undefined) return undefined;
  return createBook({ store, journal: createJournal(store, failed), random }, { me, conversations, waiting });
}

interface Ground {
  readonly store: Store;
  readonly journal: Journal;
  readonly random: Random;
}

interface Stored {
  readonly me: MeRow;
  readonly conversations: readonly ConversationRow[];
  readonly waiting: readonly OutboxRow[];
}

function createBook({ store, journal, random }: Ground, stored: Stored): Book {
  let { me } = stored;
  const rows = new Map(stored.conversations.map((row) => [row.id, row]));
  const outbox = createOutbox(stored.waiting, random);
  const changed = emitter<BookChange>();
  const stamps = createStamps(random, stored);

  const book: Book = {
    journal,
    changed,
    outbox,
    scan: store.scan,
    ...stamps,
    me: () => me,
    setMe: (change) => {
      me = { ...me, ...change };
      journal.add({ type: "put", table: "me", key: keyOf(""), row: me });
      changed.emit({ type: "me" });
    },
    conversation: (id) => rows.get(id),
    conversations: () => [...rows.values()],
    put: (row) => {
      if (rows.get(row.id) === row) return;
      rows.set(row.id, row);
      journal.add({ type: "put", table: "conversations", key: keyOf(row.id), row });
      changed.emit({ type: "conversation", id: row.id });
    },
    addRecord: (id, record) => {
      const row = rows.get(id);
      if (row === undefined) return;
      const next = withRecord(row, record, me.account);
      if (next !== row) {
        journal.add({ type: "put", table: "records", key: [id, record.seq], row: record });
        book.put(next);
        changed.emit({ type: "record", id, record });
      }
      if (record.device !== me.device) return;
      const sent = outbox.settle(record.id);
      if (sent !== undefined) book.deleteOutbox(sent);
    },
    forget: (id) => {
      const row = rows.get(id);
      if (row === undefined) return;
      journal.add({ type: "delete_all", table: "records", name: id });
      book.put(forgottenRow(row));
      changed.emit({ type: "forgotten", id });
    },
    stamp: (now) => {
      const lastId = stamps.stamp(now);
      book.setMe({ lastId });
      return lastId;
    },
    putOutbox: (row) => {
      journal.add({ type: "put", table: "outbox", key: [row.conversation, row.n], row });
      changed.emit({ type: "outbox", id: row.conversation });
    },
    deleteOutbox: (row) => {
      journal.add({ type: "delete", table: "outbox", key: [row.conversation, row.n] });
      changed.emit({ type: "outbox", id: row.conversation });
    },
  };
  return book;
}

/** Message ids and places that rise above all that were used. */
function createStamps(random: Random, { me, waiting }: Stored): Pick<Book, "stamp" | "raiseStamp" | "nextPlace"> {
  let place = waiting.reduce((highest, { n }) => Math.max(highest, n), 0);
  let last = me.lastId;
  const raiseStamp = (floor: Id): void => {
    if (last === undefined || compareIds(floor, last) > 0) last = floor;
  };
  for (const { id } of waiting) raiseStamp(id);
  return {
    stamp: (now) => {
      last = nextMessageId(now, random, last);
      return last;
    },
    raiseStamp,
    nextPlace: () => ++place,
  };
}
