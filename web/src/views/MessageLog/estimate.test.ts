import { expect, test } from "vitest";
import { messageRow } from "../../gallery/samples.ts";
import type { MessageSnapshot } from "../Message/Message.tsx";
import { estimateOf } from "./estimate.ts";
import type { ChatLogRow } from "./MessageLog.tsx";

const width = 700;
const of = (text: string, part: Partial<MessageSnapshot> = {}, across = width): number =>
  estimateOf(messageRow(text, part), across);
const short = of("Hello");
const line = 21;

test.each([
  ["each break", "Hello\nHello\nHello", 2],
  ["an empty line", "Hello\n\nHello", 2],
  ["what does not fit beside the others", "word ".repeat(25), 1],
])("%s makes a message taller by a line", (_, text, lines) => {
  expect(of(text)).toBe(short + lines * line);
});

test("a text that ends at the edge has a line more, for the time", () => {
  expect(of("x".repeat(66))).toBe(short + line);
});

test("in a narrower window the same text is taller", () => {
  const text = "word ".repeat(40);
  expect(of(text, {}, 300)).toBeGreaterThan(of(text));
});

test.each<[string, Partial<MessageSnapshot>, boolean]>([
  ["the first of somebody else's in a group", { group: true }, true],
  ["the next of theirs", { group: true, first: false }, false],
  ["the reader's own", { group: true, mine: true }, false],
  ["one between two people", {}, false],
])("the author's name has room above %s: %o, %s", (_, part, named) => {
  const without = of("Hello", { first: part.first ?? true });
  expect(of("Hello", part) > without).toBe(named);
});

test("what can be done with one that was not sent has room below it", () => {
  expect(of("Hello", { mine: true, failed: "offline" })).toBeGreaterThan(of("Hello", { mine: true }));
});

test("one that needs a newer version is as tall as a line", () => {
  expect(of("?", { text: undefined })).toBe(short);
});

test.each<ChatLogRow>([
  { key: "day", kind: "day", space: "day", day: 0 },
  { key: "unread", kind: "unread", space: "day", day: 0, count: 2 },
  { key: "left", kind: "system", space: "day", day: 0, event: { what: "unknown" } },
  { key: "start", kind: "start", head: true, space: "day", day: 0 },
  { key: "older", kind: "older", head: true, space: "day", day: 0 },
  messageRow("Hello"),
])("the space above a row of the kind $kind counts", (row) => {
  expect(estimateOf({ ...row, space: "day" }, width) - estimateOf({ ...row, space: "none" }, width)).toBe(16);
});
