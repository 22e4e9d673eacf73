import { expect, test } from "vitest";
import { initialsOf, tintOf } from "./face.ts";

test.each([
  ["Nora Lind", "NL"],
  ["anouk", "A"],
  ["  Jean Luc Picard ", "JL"],
  ["“Öl” & Zoë", "ÖZ"],
  ["😀", ""],
  ["", ""],
])("the initials of %j are %j", (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});

test("an account has one tint, everywhere, and accounts have all eight", () => {
  const tints = Array.from({ length: 200 }, (_, at) => tintOf(`account ${at}`));
  expect(tints).toEqual(Array.from({ length: 200 }, (_, at) => tintOf(`account ${at}`)));
  expect([...new Set(tints)].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});
