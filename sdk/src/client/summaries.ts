import type { Stop } from "../base/clock.ts";
import type { Id } from "../base/id.ts";
import { signalOf } from "../base/signal.ts";
import type { Signal } from "../base/signal.ts";
import type { ConversationRow } from "../store/rows.ts";
import type { Book } from "../sync/book.ts";
import { unreadOf } from "../sync/conversation_row.ts";
import { lastOf, waitingMessage } from "./messages.ts";
import type { ConversationSummary, Settings } from "./types.ts";

/** The list of conversations, the latest first. */
export interface Summaries {
  readonly value: Signal<readonly ConversationSummary[]>;
  /** Something that the book does not have changed in a conversation: its draft, or who is writing. */
  changed(id: Id): void;
  close(): void;
}

export interface SummariesParts {
  readonly book: Book;
  readonly draftOf: (id: Id) => string;
  readonly typingIn: (id: Id) => readonly Id[];
}

const noSettings: Settings = {};

/** Makes the list; it follows the book until it is closed. Summaries of what did not change stay the same objects. */
export function createSummaries(parts: SummariesParts): Summaries {
  const { book } = parts;
  const all = new Map<Id, ConversationSummary>();
  const stale = new Set<Id>();
  const sorted = (): readonly ConversationSummary[] =>
    [...all.values()].sort((left, right) => right.activity - left.activity || (left.id < right.id ? -1 : 1));
  const make = (row: ConversationRow): void => void all.set(row.id, summaryOf(row, parts));
  for (const row of book.conversations()) make(row);
  const source = signalOf(sorted());
  let closed = false;

  const changed = (id: Id): void => {
    // Once for all that changes in one go.
    if (stale.size === 0) {
      queueMicrotask(() => {
        const ids = [...stale];
        stale.clear();
        if (closed) return;
        for (const one of ids) {
          const row = book.conversation(one);
          if (row !== undefined) make(row);
        }
        source.set(sorted());
      });
    }
    stale.add(id);
  };
  const stop: Stop = book.changed.on((change) => {
    if (change.type !== "me") changed(change.id);
  });
  return {
    value: source.signal,
    changed,
    close: () => {
      closed = true;
      stop();
    },
  };
}

function summaryOf(row: ConversationRow, { book, draftOf, typingIn }: SummariesParts): ConversationSummary {
  const own = book.me().account;
  const accepted = row.last === undefined ? undefined : lastOf(row, row.last, own);
  const waiting = book.outbox.rows(row.id);
  // One that failed must not be overlooked; else the newest.
  const sending = waiting.findLast(({ failed }) => failed !== undefined) ?? waiting.at(-1);
  const last = sending === undefined ? accepted : waitingMessage(sending, own);
  return {
    id: row.id,
    kind: row.kind,
    open: row.open,
    name: row.name,
    picture: row.picture,
    with: row.with,
    role: row.role,
    memberCount: row.memberCount,
    left: row.left,
    unread: unreadOf(row),
    read: row.read,
    last,
    draft: draftOf(row.id),
    typing: typingIn(row.id),
    activity: Math.max(accepted?.ts ?? 0, waiting.at(-1)?.ts ?? 0),
    settings: row.settings?.value ?? noSettings,
  };
}
