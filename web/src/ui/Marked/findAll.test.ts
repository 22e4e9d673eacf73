import { expect, test } from "vitest";
import { findAll } from "./findAll.ts";

const found = (text: string, query: string): string[] =>
  findAll(text, query)
    .filter((part) => part.found)
    .map((part) => part.text);

test("what stands between is told apart from what was looked for", () => {
  expect(findAll("Anouk and Hana", "an")).toEqual([
    { text: "An", found: true },
    { text: "ouk ", found: false },
    { text: "an", found: true },
    { text: "d H", found: false },
    { text: "an", found: true },
    { text: "a", found: false },
  ]);
});

test.each([
  ["Hana", "HANA", ["Hana"]],
  ["ÄPFEL und Äpfel", "äpfel", ["ÄPFEL", "Äpfel"]],
  ["anan", "an", ["an", "an"]],
  ["aaa", "aa", ["aa"]],
  ["Hana", "  han ", ["Han"]],
  ["a+b (c)", "+b (", ["+b ("]],
])("in “%s” what is “%s” is found: %j", (text, query, parts) => {
  expect(found(text, query)).toEqual(parts);
});

test.each(["", "  ", "x"])("with “%s” the text is one part, and nothing is found", (query) => {
  expect(findAll("Hana", query)).toEqual([{ text: "Hana", found: false }]);
});

test.each([
  ["Anouk and Hana", "an"],
  ["Hana", "na"],
  ["", "na"],
  ["İstanbul", "stan"],
])("all parts of “%s” together are the text", (text, query) => {
  expect(
    findAll(text, query)
      .map((part) => part.text)
      .join(""),
  ).toBe(text);
});

test("where small letters are longer than large ones, nothing is marked in a wrong place", () => {
  expect(found("İstanbul", "stan")).toEqual([]);
});
