import { expect, test } from "vitest";
import type { Read } from "../base/signal.ts";
import type { ChatLogRow } from "../views/MessageLog/MessageLog.tsx";
import type { People } from "./people.ts";
import type { Message, MessageWindow, RecordContent } from "./ports.ts";
import { failedReason, rowMaker, type RowsInput } from "./rows.ts";

const read: Read = (signal) => signal.get();
const faces = new Map<string, { id: string; name: string; picture: undefined }>();
const people = {
  profileOf: () => undefined,
  nameOf: (_: Read, account: string) => account,
  faceOf: (_: Read, account: string) => {
    const face = faces.get(account) ?? { id: account, name: account, picture: undefined };
    faces.set(account, face);
    return face;
  },
  whoOf: (_: Read, account: string) => ({ name: account, you: account === "me" }),
} as unknown as People;

const noon = new Date(2025, 10, 19, 12).getTime();
const minute = 60_000;

let seq = 0;
function said(account: string, ts: number, content: RecordContent = { type: "text", text: "words" }): Message {
  seq++;
  const mine = account === "me";
  return {
    key: `m${seq}`,
    conversation: "c",
    account,
    mine,
    seq,
    ts,
    content,
    state: mine ? { state: "sent" } : { state: "incoming" },
  };
}

const windowOf = (messages: readonly Message[], hasOlder = true): MessageWindow => ({
  messages,
  hasOlder,
  hasNewer: false,
  loading: false,
});

function inputOf(messages: readonly Message[], more: Partial<RowsInput> = {}): RowsInput {
  const window = windowOf(messages);
  return { window, group: true, divider: undefined, fresh: new Set(), roles: new Map(), ...more };
}

const rowsOf = (messages: readonly Message[], more: Partial<RowsInput> = {}): readonly ChatLogRow[] =>
  rowMaker(people)(read, inputOf(messages, more));
const kindsOf = (rows: readonly ChatLogRow[]): readonly string[] => rows.map(({ kind }) => kind);
const groupsOf = (rows: readonly ChatLogRow[]): readonly string[] =>
  rows.flatMap((row) =>
    row.kind === "message" ? [`${row.message.first ? "[" : ""}.${row.message.last ? "]" : ""}`] : [],
  );

test("each day begins with its name", () => {
  const rows = rowsOf([said("a", noon - 24 * 60 * minute), said("a", noon), said("a", noon + minute)]);
  expect(kindsOf(rows)).toEqual(["older", "day", "message", "day", "message", "message"]);
});

test("what one says within five minutes stands in one group", () => {
  expect(groupsOf(rowsOf([said("a", noon), said("a", noon + minute), said("a", noon + 2 * minute)]))).toEqual([
    "[.",
    ".",
    ".]",
  ]);
});

test("after five minutes, and with another author, another group begins", () => {
  const rows = rowsOf([said("a", noon), said("a", noon + 5 * minute), said("b", noon + 5 * minute)]);
  expect(groupsOf(rows)).toEqual(["[.]", "[.]", "[.]"]);
});

test("the divider stands before the first that others said and one has not read", () => {
  const messages = [said("a", noon), said("me", noon + minute), said("a", noon + 2 * minute)];
  const after = messages[0]?.seq ?? 0;
  const rows = rowsOf(messages, { divider: { after, count: 1 } });
  expect(kindsOf(rows)).toEqual(["older", "day", "message", "message", "unread", "message"]);
});

test("the divider parts a group", () => {
  const messages = [said("a", noon), said("a", noon + minute)];
  const rows = rowsOf(messages, { divider: { after: messages[0]?.seq ?? 0, count: 1 } });
  expect(groupsOf(rows)).toEqual(["[.]", "[.]"]);
});

test("it does not stand above what is here where older unread ones are not", () => {
  const messages = [said("a", noon), said("a", noon + minute)];
  expect(kindsOf(rowsOf(messages, { divider: { after: 0, count: 9 } }))).not.toContain("unread");
});

test("with no older ones the conversation has a beginning", () => {
  const messages = [said("a", noon)];
  expect(kindsOf(rowsOf(messages, { window: windowOf(messages, false) }))[0]).toBe("start");
});

test("who was added and who left are lines, and part groups", () => {
  const content = { type: "members", joined: [{ account: "b" }], left: ["a"], roles: [] } as unknown as RecordContent;
  const rows = rowsOf([said("a", noon), said("a", noon + minute, content), said("a", noon + 2 * minute)]);
  expect(kindsOf(rows)).toEqual(["older", "day", "message", "system", "system", "message"]);
  expect(groupsOf(rows)).toEqual(["[.]", "[.]"]);
});

test("rows of what has not changed are the very same objects, whatever comes behind", () => {
  const make = rowMaker(people);
  const messages = [said("a", noon), said("b", noon + minute)];
  const before = make(read, inputOf(messages));
  const after = make(read, inputOf([...messages, said("me", noon + 9 * minute)]));
  expect(after[0]).toBe(before[0]);
  expect(after[2]).toBe(before[2]);
  expect(after).toHaveLength(before.length + 1);
});

test("a tick that moves leaves all rows but its own and its neighbours' as they were", () => {
  const make = rowMaker(people);
  const [first, second, third] = [said("a", noon), said("b", noon + 9 * minute), said("me", noon + 18 * minute)];
  const before = make(read, inputOf([first, second, third]));
  const after = make(read, inputOf([first, second, { ...third, state: { state: "read" } }]));
  expect(after.at(-1)).toMatchObject({ kind: "message", message: { tick: "read" } });
  expect(after.slice(0, 3)).toHaveLength(3);
  after.slice(0, 3).forEach((row, at) => {
    expect(row).toBe(before[at]);
  });
});

test.each([
  ["not_member", "removed"],
  ["too_large", "too_large"],
  ["no_space", "full"],
  ["offline", "offline"],
  ["something new", "refused"],
])("a message refused for %s is said to be %s", (reason, said) => {
  expect(failedReason(reason)).toBe(said);
});
