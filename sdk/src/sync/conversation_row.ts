import { keptParts } from "../base/kept.ts";
import { has, highest, include, through } from "../base/ranges.ts";
import type { Ranges } from "../base/ranges.ts";
import type { Id } from "../base/id.ts";
import { contentOf, isMessage } from "../codec/record_content.ts";
import type { RecordContent } from "../codec/record_content.ts";
import type { AddedTo, ReceiptDown, StreamRecord } from "../codec/wire.ts";
import type { StateConversation } from "../http/shapes.ts";
import type { ConversationRow, Preview } from "../store/rows.ts";

/** What becomes of a conversation's row with what comes: functions from a row to the next one, and nothing else. */

/** The longest text of a preview, in characters. */
const previewLength = 200;

/** The row of a conversation that nothing is known of but what `me` says of it. */
export function addedRow(added: AddedTo, before: ConversationRow | undefined): ConversationRow {
  const { conversation: id, kind, open, name, joinSeq, picture, with: other } = added;
  if (before !== undefined && !before.left && before.joinSeq >= joinSeq) return before;
  return {
    ...withPicture(before ?? emptyRow(id), picture ?? null),
    ...(other === undefined ? {} : { with: other }),
    kind,
    open,
    name,
    left: false,
    joinSeq,
    head: Math.max(before?.head ?? 0, joinSeq),
    // The cursor starts at the record of the join, which is still to come.
    cursor: joinSeq - 1,
    owesCursor: false,
    read: Math.max(before?.read ?? 0, joinSeq),
    readConfirmed: Math.max(before?.readConfirmed ?? 0, joinSeq),
    uncounted: 0,
  };
}

function emptyRow(id: Id): ConversationRow {
  return {
    id,
    kind: "group",
    open: false,
    name: "",
    role: "member",
    memberCount: 0,
    changedAt: 0,
    left: false,
    joinSeq: 1,
    head: 0,
    have: [],
    cursor: 0,
    owesCursor: false,
    read: 0,
    readConfirmed: 0,
    delivered: 0,
    othersRead: 0,
    uncounted: 0,
  };
}

/** A row as `GET /v1/state` has it. What the device has of the conversation stays. The same object if that is nothing new. */
export function stateRow(state: StateConversation, before: ConversationRow | undefined): ConversationRow {
  return keptParts(before, rowOf(state, before));
}

function rowOf(state: StateConversation, before: ConversationRow | undefined): ConversationRow {
  const row = before ?? { ...emptyRow(state.id), changedAt: state.head };
  const { kind, open, name, picture, role, member_count: memberCount, with: other, settings } = state;
  return {
    ...withPicture(row, picture),
    kind,
    open,
    name,
    ...(other === undefined ? {} : { with: other }),
    ...(role === undefined ? {} : { role }),
    ...(memberCount === undefined ? {} : { memberCount }),
    ...(settings !== undefined && settings !== null && settings.version > (row.settings?.version ?? 0)
      ? { settings: { version: settings.version, value: settings.settings } }
      : {}),
    changedAt: Math.max(row.changedAt, state.head),
    left: state.left === true,
    joinSeq: state.join_seq,
    head: Math.max(row.head, state.head),
    cursor: Math.max(row.cursor, state.cursor),
    read: Math.max(row.read, state.read),
    readConfirmed: Math.max(row.readConfirmed, state.read),
    delivered: Math.max(row.delivered, state.others_delivered),
    othersRead: Math.max(row.othersRead, state.others_read),
  };
}

/** A row with another picture: null for none, undefined for the same as before. */
function withPicture(row: ConversationRow, picture: string | null | undefined): ConversationRow {
  if (picture === undefined) return row;
  const { picture: _, ...rest } = row;
  return picture === null ? rest : { ...rest, picture };
}

/** D11: what was known of a conversation is of other data than the server's. Only what is this device's own stays. */
export function forgottenRow(row: ConversationRow): ConversationRow {
  const { settings } = row;
  return { ...emptyRow(row.id), kind: row.kind, name: row.name, ...(settings === undefined ? {} : { settings }) };
}

/** D11: whether the server's head says that it has not what this device has. */
export function isAheadOf(row: ConversationRow, head: number): boolean {
  return Math.max(highest(row.have), row.cursor) > head;
}

/** A row with one more record. `own` is this account's id. The same object if the record is there already. */
export function withRecord(row: ConversationRow, record: StreamRecord, own: Id): ConversationRow {
  if (has(row.have, record.seq)) return row;
  const content = contentOf(record);
  const counts = isMessage(record.kind) && record.account !== own;
  const preview = previewOf(record, content);
  return moved({
    ...withChange(row, record.seq, content, own),
    have: include(row.have, record.seq),
    head: Math.max(row.head, record.seq),
    uncounted: row.uncounted + (record.seq > row.read && !counts ? 1 : 0),
    ...(row.last === undefined || record.seq > row.last.seq ? { last: preview } : {}),
  });
}

/** A row with seqs that the server keeps no longer, or that are known not to be there. */
export function withAbsent(row: ConversationRow, first: number, last: number): ConversationRow {
  const have = include(row.have, first, last);
  return have === row.have ? row : moved({ ...row, have, head: Math.max(row.head, last) });
}

/** The cursor follows what is acknowledged: everything from it on, as far as there is no hole. */
function moved(row: ConversationRow): ConversationRow {
  const cursor = through(row.have, row.cursor + 1);
  return cursor > row.cursor ? { ...row, cursor } : row;
}

/** A row with what the others' marks, and one's own other devices, say. The same object if that is nothing new. */
export function withReceipt(row: ConversationRow, receipt: ReceiptDown): ConversationRow {
  const delivered = Math.max(row.delivered, receipt.delivered);
  const othersRead = Math.max(row.othersRead, receipt.read);
  const readConfirmed = Math.max(row.readConfirmed, receipt.ownRead);
  const moves = delivered > row.delivered || othersRead > row.othersRead || readConfirmed > row.readConfirmed;
  return moves ? { ...row, delivered, othersRead, readConfirmed } : row;
}

/** How many messages of others have not been read; those that this device lacks count. */
export function unreadOf(row: ConversationRow): number {
  return row.left ? 0 : Math.max(0, row.head - row.read - row.uncounted);
}

/** What a record of the server changes, unless a later one has changed it before. */
function withChange(row: ConversationRow, seq: number, content: RecordContent, own: Id): ConversationRow {
  if (content.type === "created" && row.kind === "direct" && row.with === undefined) {
    const other = content.members.find(({ account }) => account !== own);
    if (other !== undefined) return { ...row, with: other.account };
  }
  if (seq <= row.changedAt) return row;
  switch (content.type) {
    case "created": {
      const role = content.members.find(({ account }) => account === own)?.role ?? row.role;
      const memberCount = content.members.length;
      return { ...withPicture(row, content.picture ?? null), changedAt: seq, name: content.name, memberCount, role };
    }
    case "changed":
      return { ...withPicture(row, content.picture), changedAt: seq, name: content.name ?? row.name };
    case "members": {
      const role = [...content.joined, ...content.roles].find(({ account }) => account === own)?.role ?? row.role;
      const memberCount = Math.max(0, row.memberCount + content.joined.length - content.left.length);
      return { ...row, changedAt: seq, memberCount, role };
    }
    default:
      return row;
  }
}

/** As much of a record as a list shows. */
export function previewOf(record: StreamRecord, content: RecordContent): Preview {
  const { seq, ts, id, account } = record;
  const cut: RecordContent =
    content.type === "text" && content.text.length > previewLength
      ? { type: "text", text: content.text.slice(0, previewLength) }
      : content;
  return { seq, ts, id, account, content: cut };
}

/** The seqs of a conversation that members may read. */
export function readable(row: ConversationRow): Ranges {
  return row.left || row.head < row.joinSeq ? [] : [[row.joinSeq, row.head]];
}
