import { beforeEach, expect, test } from "vitest";
import { LogLayout } from "./layout.ts";

let layout: LogLayout;
beforeEach(() => {
  layout = new LogLayout();
  layout.setRows(["a", "b", "c", "d"], [10, 20, 30, 40]);
});

test("rows stand below each other, by what is estimated of them", () => {
  expect([0, 1, 2, 3, 4].map((at) => layout.offsetOf(at))).toEqual([0, 10, 30, 60, 100]);
  expect(layout.total).toBe(100);
});

test("what was measured counts, and moves what is below it alone", () => {
  expect(layout.setHeight("b", 25)).toBe(true);
  expect([1, 2, 3, 4].map((at) => layout.offsetOf(at))).toEqual([10, 35, 65, 105]);
});

test("measuring the same again, or a row that is not here, is no news", () => {
  layout.setHeight("b", 25);
  expect(layout.setHeight("b", 25)).toBe(false);
  expect(layout.setHeight("nobody", 25)).toBe(false);
});

test("what was measured of rows that stay is kept when others come above them", () => {
  layout.setHeight("a", 15);
  layout.setRows(["x", "a", "b", "c", "d"], [7, 10, 20, 30, 40]);
  expect(layout.heightOf(1)).toBe(15);
  expect(layout.offsetOf(2)).toBe(22);
  expect(layout.indexOf("a")).toBe(1);
});

test("what was measured of rows that went is forgotten", () => {
  layout.setHeight("a", 15);
  layout.setRows(["b"], [20]);
  layout.setRows(["a", "b"], [10, 20]);
  expect(layout.isMeasured("a")).toBe(false);
  expect(layout.heightOf(0)).toBe(10);
});

test("rows that come below leave the offsets above as they were", () => {
  layout.setRows(["a", "b", "c", "d", "e"], [10, 20, 30, 40, 50]);
  expect(layout.offsetOf(4)).toBe(100);
  expect(layout.total).toBe(150);
  expect(layout.keyAt(4)).toBe("e");
});

test("with another width only estimates are left", () => {
  layout.setHeight("c", 90);
  layout.forget([11, 21, 31, 41]);
  expect(layout.isMeasured("c")).toBe(false);
  expect(layout.total).toBe(104);
});

test.each([
  [-5, 0],
  [0, 0],
  [9.9, 0],
  [10, 1],
  [59, 2],
  [60, 3],
  [1000, 3],
])("at %d px lies row %d", (y, row) => {
  expect(layout.indexAt(y)).toBe(row);
});

test("without rows there is no height, and the first index", () => {
  layout.setRows([], []);
  expect(layout.total).toBe(0);
  expect(layout.indexAt(50)).toBe(0);
});
