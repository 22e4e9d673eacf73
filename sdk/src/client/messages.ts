import type { Id } from "../base/id.ts";
import { isMessage, contentOf } from "../codec/record_content.ts";
import type { ConversationRow, OutboxRow, Preview, RecordRow } from "../store/rows.ts";
import type { Message, MessageState } from "./types.ts";

/** A record as people see it. `own` is this account's id. */
export function messageOf(row: ConversationRow, record: RecordRow, own: Id): Message {
  const { id, seq, ts, account, kind } = record;
  const content = contentOf(record);
  const mine = account === own && isMessage(kind);
  return { key: id, conversation: row.id, account, mine, seq, ts, content, state: stateOf(row, seq, mine) };
}

/** The message of a preview. */
export function lastOf(row: ConversationRow, { id, seq, ts, account, content }: Preview, own: Id): Message {
  const mine = account === own && (content.type === "text" || content.type === "unsupported");
  return { key: id, conversation: row.id, account, mine, seq, ts, content, state: stateOf(row, seq, mine) };
}

/** A message that the server has not accepted yet. */
export function waitingMessage(row: OutboxRow, own: Id): Message {
  const { id, conversation, ts, failed } = row;
  const state: MessageState = failed === undefined ? { state: "sending" } : { state: "failed", reason: failed };
  return { key: id, conversation, account: own, mine: true, seq: undefined, ts, content: contentOf(row), state };
}

const states = {
  incoming: { state: "incoming" },
  sent: { state: "sent" },
  delivered: { state: "delivered" },
  read: { state: "read" },
} as const satisfies Record<string, MessageState>;

/** R2: ticks follow from the others' marks. The same object for the same state. */
export function stateOf(row: ConversationRow, seq: number, mine: boolean): MessageState {
  if (!mine) return states.incoming;
  if (seq <= row.othersRead) return states.read;
  return seq <= row.delivered ? states.delivered : states.sent;
}
