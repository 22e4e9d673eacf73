import type { State, StateConversation } from "../http/shapes.ts";
import { bytesOf } from "../base/id.ts";
import type { Id } from "../base/id.ts";
import type { StreamRecord } from "../codec/wire.ts";
import type { JsonRecord } from "../http/shapes.ts";
import type { Book } from "./book.ts";
import { isAheadOf, stateRow } from "./conversation_row.ts";
import { takeSettings } from "./receiver.ts";
import type { Receiver } from "./receiver.ts";

/** How to take over an account's state. */
export interface TakeOver {
  /** The server's data are others than before (rule D11): what was known of the streams is dropped. */
  readonly forget: boolean;
  /** Nothing came from the streams since the state was asked for: a head below what the device has tells of other data. */
  readonly quiet: boolean;
}

/**
 * D10: takes over the account's state as `GET /v1/state` gave it at a seq of `me`. False if it is older than what the
 * device has followed since: then it says nothing new, and may be asked for again.
 */
export async function takeState(book: Book, receiver: Receiver, state: State, how: TakeOver): Promise<boolean> {
  if (!how.forget && state.at < (book.me().at ?? 0)) return false;
  if (how.forget) for (const { id } of book.conversations()) book.forget(id);
  for (const conversation of state.conversations) await takeConversation(book, receiver, conversation, how);
  const there = new Set(state.conversations.map(({ id }) => id));
  for (const row of book.conversations()) if (!there.has(row.id) && !row.left) book.put({ ...row, left: true });
  // Last: until this is in the store, the state counts as not taken over.
  const { settings } = state;
  if (settings !== undefined && settings !== null) {
    takeSettings(book, { conversation: undefined, version: settings.version, value: settings.settings });
  }
  const { at, dataId } = book.me();
  if (at !== state.at || dataId !== state.data_id) book.setMe({ at: state.at, dataId: state.data_id });
  return true;
}

async function takeConversation(
  book: Book,
  receiver: Receiver,
  state: StateConversation,
  how: TakeOver,
): Promise<void> {
  const before = book.conversation(state.id);
  if (how.quiet && before !== undefined && !before.left && isAheadOf(before, state.head)) book.forget(state.id);
  book.put(stateRow(state, book.conversation(state.id)));
  // A large one is left out: it comes by range.
  const last = state.last === undefined ? undefined : fromJson(state.last);
  if (last !== undefined) await receiver.takeRecords(state.id, [last]);
}

const nobody: Id = "a".repeat(26);

/** A record as JSON has it, undefined without its body. Throws a RangeError for one that is none. */
export function fromJson(record: JsonRecord): StreamRecord | undefined {
  if (record.body === undefined) return undefined;
  const { seq, ts, account = nobody, device = nobody, id = nobody, kind } = record;
  for (const one of [account, device, id]) bytesOf(one);
  const body = Uint8Array.from(atob(record.body), (character) => character.charCodeAt(0));
  return { seq, ts, account, device, id, kind, body };
}
