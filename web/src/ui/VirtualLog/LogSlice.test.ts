import { beforeEach, expect, test } from "vitest";
import { LogLayout } from "./layout.ts";
import { LogSlice } from "./LogSlice.ts";

/** Rows of 50 px, a window of 500: with what is beyond its edges some 34 are on the page. */
const rows = Array.from({ length: 400 }, (_, at) => ({ key: `row ${at}` }));
const height = 500;
let layout = new LogLayout();
let slice = new LogSlice<(typeof rows)[number]>(layout);

beforeEach(() => {
  layout = new LogLayout();
  layout.setRows(
    rows.map(({ key }) => key),
    rows.map(() => 50),
  );
  slice = new LogSlice(layout);
});

const shown = (): [number, number] => [slice.first, slice.last];

test("the rows around a window are on the page, as far as there are any", () => {
  slice.publish(rows, 5_000, height);
  expect(shown()).toEqual([88, 123]);
  expect(slice.view.get()).toMatchObject({ before: 88 * 50, after: (400 - 123) * 50 });
  slice.publish(rows, 0, height);
  expect(shown()).toEqual([0, 23]);
});

test("who scrolls gets a few rows at a time, until all around are there", () => {
  slice.publish(rows, 5_000, height);
  expect(slice.partial).toBe(false);
  slice.publish(rows, 4_600, height);
  expect([shown(), slice.partial]).toEqual([[82, 115], true]);
  slice.publish(rows, 4_600, height);
  expect([shown(), slice.partial]).toEqual([[80, 115], false]);
});

test("what is in sight is there at once, however far one came", () => {
  slice.publish(rows, 5_000, height);
  slice.publish(rows, 4_050, height);
  expect(slice.covers(4_050, height, 0)).toBe(true);
  expect([slice.first, slice.partial]).toEqual([81, true]);
});

test("after a jump all rows around are there at once", () => {
  slice.publish(rows, 15_000, height);
  slice.publish(rows, 1_000, height);
  expect([shown(), slice.partial]).toEqual([[8, 43], false]);
});

test("older rows that come above leave those on the page there", () => {
  slice.publish(rows, 0, height);
  const older = Array.from({ length: 60 }, (_, at) => ({ key: `older ${at}` }));
  const all = [...older, ...rows];
  layout.setRows(
    all.map(({ key }) => key),
    all.map(() => 50),
  );
  slice.publish(all, 60 * 50, height);
  expect([shown(), slice.partial]).toEqual([[54, 83], true]);
});

test("the same rows are not put on the page again", () => {
  slice.publish(rows, 5_000, height);
  const before = slice.view.get();
  slice.publish(rows, 5_010, height);
  expect(slice.view.get()).toBe(before);
});
