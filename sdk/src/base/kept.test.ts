import { expect, test } from "vitest";
import { keptParts } from "./kept.ts";

const message = (key: string, state: string) => ({ key, content: { type: "text", text: key }, state: { state } });

test("what is equal is the same object, however deep", () => {
  const before = { messages: [message("a", "sent"), message("b", "sent")], loading: false };
  expect(keptParts(before, structuredClone(before))).toBe(before);
});

test("what has changed is new up to the top, and nothing beside it", () => {
  const before = { messages: [message("a", "sent"), message("b", "sending")], loading: false };
  const after = keptParts(before, { messages: [message("a", "sent"), message("b", "sent")], loading: false });
  expect(after).toEqual({ messages: [message("a", "sent"), message("b", "sent")], loading: false });
  expect(after.messages[0]).toBe(before.messages[0]);
  expect(after.messages[1]).not.toBe(before.messages[1]);
  expect(after.messages[1]?.content).toBe(before.messages[1]?.content);
});

test("an element that has a key is found wherever it has moved to", () => {
  const before = [message("b", "sent"), message("c", "sent")];
  const after = keptParts(before, [message("a", "sent"), message("b", "sent"), message("c", "sent")]);
  expect([after[1], after[2]]).toEqual(before);
  expect(after[1]).toBe(before[0]);
  expect(after[2]).toBe(before[1]);
});

test("fewer fields, other types and bytes are what they are", () => {
  expect(keptParts<object>({ a: 1, b: 2 }, { a: 1 })).toEqual({ a: 1 });
  expect(keptParts<object>({ a: undefined }, { b: undefined })).toEqual({ b: undefined });
  expect(keptParts<unknown>([1], { 0: 1 })).toEqual({ 0: 1 });
  expect(keptParts<unknown>({ a: 1 }, undefined)).toBeUndefined();
  const bytes = new Uint8Array([1]);
  expect(keptParts<unknown>(new Uint8Array([1]), bytes)).toBe(bytes);
});
