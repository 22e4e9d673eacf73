import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { bytesOf, idFromBytes } from "../base/id.ts";
import { writeContent } from "../codec/content.ts";
import { kinds } from "../codec/wire.ts";
import type { StreamRecord } from "../codec/wire.ts";
import type { StateConversation } from "../http/shapes.ts";
import { ConversationChangedSchema, MemberSchema, MembersChangedSchema } from "../proto/dunlin_pb.js";
import type { ConversationRow } from "../store/rows.ts";
import { addedRow, isAheadOf, stateRow, unreadOf, withAbsent, withReceipt, withRecord } from "./conversation_row.ts";

const id = (value: number): string => idFromBytes(new Uint8Array(16).fill(value));
const [own, ben, eve] = [id(1), id(2), id(3)];
const conversation = id(9);

function message(seq: number, account = ben): StreamRecord {
  const body = writeContent({ type: "text", text: `m${seq}` });
  return { seq, ts: 1000 + seq, account, device: account, id: id(seq), kind: kinds.message, body };
}

function change(
  seq: number,
  kind: number,
  fields: Partial<Record<"joined" | "left", string[]>> & { name?: string },
): StreamRecord {
  const member = (account: string) => create(MemberSchema, { account: bytesOf(account) });
  const body = toBinary(
    MembersChangedSchema,
    create(MembersChangedSchema, {
      joined: (fields.joined ?? []).map(member),
      left: (fields.left ?? []).map(bytesOf),
      name: fields.name ?? "",
    }),
  );
  return { ...message(seq), kind, body };
}

const joined = (joinSeq = 1, kind: "direct" | "group" = "group"): ConversationRow =>
  addedRow({ conversation, joinSeq, kind, open: false, name: "", picture: undefined, with: undefined }, undefined);
const after = (row: ConversationRow, ...records: StreamRecord[]): ConversationRow =>
  records.reduce((now, record) => withRecord(now, record, own), row);

describe("a conversation's row", () => {
  test("a record that is there already changes nothing", () => {
    const row = after(joined(), message(1));
    expect(withRecord(row, message(1), own)).toBe(row);
  });

  test("D6 the cursor follows what came without a hole, and stops at one until it is filled", () => {
    const row = after(joined(), message(1), message(2), message(5));
    expect([row.cursor, row.head]).toEqual([2, 5]);
    expect(after(row, message(3)).cursor).toBe(3);
    expect(after(row, message(3), message(4)).cursor).toBe(5);
  });

  test("what is kept no longer counts as there", () => {
    const row = after(withAbsent(joined(), 1, 3), message(4));
    expect([row.cursor, row.head]).toEqual([4, 4]);
  });

  test("messages of others count as unread, one's own and the server's do not", () => {
    const row = after(joined(), message(1), message(2), message(3, own), change(4, kinds.members, { joined: [eve] }));
    expect(unreadOf(row)).toBe(1);
    expect(unreadOf({ ...row, left: true })).toBe(0);
  });

  test("the preview is of the newest, whatever comes later from before", () => {
    const row = after(joined(), message(5), message(3));
    expect(row.last).toMatchObject({ seq: 5, content: { type: "text", text: "m5" } });
    const long = { ...message(6), body: writeContent({ type: "text", text: "x".repeat(5000) }) };
    const { content } = after(row, long).last ?? {};
    expect(content?.type === "text" && content.text.length).toBe(200);
  });

  test("the other of a direct conversation is who it was made with", () => {
    expect(after(joined(1, "direct"), change(1, kinds.created, { joined: [ben, own] })).with).toBe(ben);
  });

  test("the server's records change it in their order, and those of before its state do not", () => {
    const row = after(joined(), change(1, kinds.created, { joined: [own, ben], name: "trip" }));
    expect([row.name, row.memberCount]).toEqual(["trip", 2]);
    const more = after(row, change(2, kinds.members, { joined: [eve] }));
    expect(more.memberCount).toBe(3);
    expect(after({ ...more, changedAt: 9 }, change(3, kinds.members, { left: [eve] })).memberCount).toBe(3);
  });

  test("a group has the name and picture that it was given last", () => {
    const picture = new Uint8Array(32).fill(255);
    const body = (fields: { name?: string; hasName?: boolean; picture?: Uint8Array; hasPicture?: boolean }) =>
      toBinary(ConversationChangedSchema, create(ConversationChangedSchema, fields));
    const changed = (seq: number, bytes: Uint8Array) => ({ ...message(seq), kind: kinds.changed, body: bytes });
    const row = after(joined(), changed(1, body({ name: "trip", hasName: true, picture, hasPicture: true })));
    expect([row.name, row.picture]).toEqual(["trip", "7".repeat(51) + "q"]);
    const named = after(row, changed(2, body({ name: "tour", hasName: true })));
    expect([named.name, named.picture]).toEqual(["tour", row.picture]);
    expect(after(named, changed(3, body({ hasPicture: true }))).picture).toBeUndefined();
    expect(after(named, changed(1, body({ name: "late", hasName: true }))).name).toBe("tour");
  });

  test("R2 receipts only raise", () => {
    const row = withReceipt(joined(), { delivered: 5, read: 3, ownRead: 0 });
    expect([row.delivered, row.othersRead]).toEqual([5, 3]);
    expect(withReceipt(row, { delivered: 4, read: 2, ownRead: 0 })).toBe(row);
  });

  test("D1 joined again, it begins at the later join, and keeps what was read before", () => {
    const before = { ...after(joined(), message(1), message(2)), left: true };
    const again = addedRow(
      { conversation, joinSeq: 8, kind: "group", open: false, name: "x", picture: undefined, with: undefined },
      before,
    );
    expect(again).toMatchObject({ left: false, joinSeq: 8, cursor: 7, have: [[1, 2]] });
    expect(unreadOf(again)).toBe(0);
  });
});

describe("D10 the account's state", () => {
  const state: StateConversation = {
    id: conversation,
    kind: "group",
    open: false,
    name: "trip",
    join_seq: 1,
    head: 9,
    cursor: 7,
    read: 4,
    others_delivered: 6,
    others_read: 5,
  };

  test("makes a row where there was none", () => {
    const row = stateRow(state, undefined);
    expect(row).toMatchObject({ name: "trip", head: 9, cursor: 7, read: 4, delivered: 6, othersRead: 5, have: [] });
    expect(unreadOf(row)).toBe(5);
  });

  test("raises what is known, and lowers nothing", () => {
    const known = { ...stateRow(state, undefined), head: 12, cursor: 10, read: 11, delivered: 12 };
    expect(stateRow(state, known)).toMatchObject({ head: 12, cursor: 10, read: 11, delivered: 12, othersRead: 5 });
  });

  test("that says nothing new leaves the very row", () => {
    const row = stateRow({ ...state, settings: { version: 2, settings: { muted: true } } }, undefined);
    expect(stateRow(structuredClone({ ...state, settings: { version: 2, settings: { muted: true } } }), row)).toBe(row);
    expect(stateRow({ ...state, head: 10 }, row)).not.toBe(row);
  });

  test("D11 a head below what is here tells of other data", () => {
    const row = after(joined(), message(1), message(2));
    expect(isAheadOf(row, 1)).toBe(true);
    expect(isAheadOf(row, 2)).toBe(false);
  });

  test("a picture that was taken away is gone, and one that is not spoken of stays", () => {
    const row: ConversationRow = { ...stateRow(state, undefined), picture: "old" };
    expect(stateRow(state, row).picture).toBe("old");
    expect(stateRow({ ...state, picture: null }, row).picture).toBeUndefined();
    expect(stateRow({ ...state, picture: "new" }, row).picture).toBe("new");
  });
});
