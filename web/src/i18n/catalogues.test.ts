import { expect, test } from "vitest";
import { de } from "./de.ts";
import { en } from "./en.ts";

/** Each text's place in a catalogue, and what stands there. */
function textsOf(catalogue: object, place = ""): [place: string, text: unknown][] {
  return Object.entries(catalogue).flatMap(([key, value]: [string, unknown]) => {
    const here = place === "" ? key : `${place}.${key}`;
    return typeof value === "object" && value !== null ? textsOf(value, here) : [[here, value]];
  });
}

test("English and German have the same texts, of the same kinds", () => {
  const kinds = (catalogue: object): readonly string[] =>
    textsOf(catalogue).map(([place, text]) => `${place}: ${typeof text}`);
  expect([...kinds(de)].sort()).toEqual([...kinds(en)].sort());
});

test.each([
  ["English", en],
  ["German", de],
])("no text of the %s catalogue is empty", (_, catalogue) => {
  // Who is only a member has no role that is named.
  const meant = ["info.roles.member"];
  const empty = textsOf(catalogue).filter(([, text]) => typeof text === "string" && text.trim() === "");
  expect(empty.map(([place]) => place)).toEqual(meant);
});

test("a German text that takes something says it", () => {
  expect(de.list.unreadCount(1)).not.toBe(de.list.unreadCount(2));
  expect(de.list.unreadCount(12)).toContain("12");
  expect(de.chat.lastSeen("gestern")).toContain("gestern");
});
