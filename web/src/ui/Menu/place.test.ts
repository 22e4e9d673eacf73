import { expect, test } from "vitest";
import { anchorAt, placeOf } from "./place.ts";

const menu = { width: 200, height: 300 };
const viewport = { width: 1000, height: 800 };

test("a menu opens below its anchor, in line with its start", () => {
  expect(placeOf({ left: 100, right: 140, top: 50, bottom: 90 }, menu, viewport)).toEqual({
    left: 100,
    top: 90,
    origin: "top left",
  });
});

test("without room below it opens above", () => {
  expect(placeOf({ left: 100, right: 140, top: 700, bottom: 740 }, menu, viewport)).toEqual({
    left: 100,
    top: 400,
    origin: "bottom left",
  });
});

test("without room to the right it ends where its anchor ends", () => {
  expect(placeOf({ left: 940, right: 980, top: 50, bottom: 90 }, menu, viewport)).toMatchObject({
    left: 780,
    origin: "top right",
  });
});

test("it stays within a window that has room on no side", () => {
  const { left, top } = placeOf(anchorAt(150, 200), menu, { width: 220, height: 320 });
  expect(left).toBeGreaterThanOrEqual(8);
  expect(left + menu.width).toBeLessThanOrEqual(212);
  expect(top).toBeGreaterThanOrEqual(8);
  expect(top + menu.height).toBeLessThanOrEqual(312);
});
