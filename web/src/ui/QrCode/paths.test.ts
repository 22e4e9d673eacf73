import { expect, test } from "vitest";
import { pathsOf } from "./paths.ts";

const size = 25;
/** A code in which those modules are dark. */
const code = (dark: (x: number, y: number) => boolean): boolean[][] =>
  Array.from({ length: size }, (_, y) => Array.from({ length: size }, (_, x) => dark(x, y)));
/** Where the shapes of a path begin. */
const begins = (path: string): (readonly [number, number])[] =>
  [...path.matchAll(/M([\d.]+) ([\d.]+)/gu)].map(([, x, y]) => [Number(x), Number(y)]);
const all = pathsOf(code(() => true));
const cells = new Set(begins(all.dots).map(([x, y]) => `${Math.floor(x)} ${Math.floor(y)}`));

test("a dark module is a dot within it, and a light one is nothing", () => {
  const { dots } = pathsOf(code((x, y) => x === 9 && y === 2));
  const [[left, top] = [0, 0], ...others] = begins(dots);
  expect(others).toEqual([]);
  expect(left).toBeGreaterThan(9);
  expect(left).toBeLessThan(9.5);
  expect(top).toBe(2.5);
});

test("the three corners are a ring and an eye each, whatever stands there", () => {
  const { rings, eyes } = pathsOf(code(() => false));
  expect(begins(rings)).toHaveLength(3);
  expect(begins(eyes)).toHaveLength(3);
});

test.each([
  ["left above", 0, 0],
  ["right above", size - 7, 0],
  ["left below", 0, size - 7],
])("in the corner %s there are no dots", (_, left, top) => {
  const inside = (x: number, y: number): boolean => x >= left && x < left + 7 && y >= top && y < top + 7;
  expect([...cells].filter((cell) => inside(...(cell.split(" ").map(Number) as [number, number])))).toEqual([]);
});

test("the corner right below has dots: scanners know by it which way is up", () => {
  expect(cells.has(`${size - 1} ${size - 1}`)).toBe(true);
});

test("the middle is free for the bird, as far to each side", () => {
  const row = Array.from({ length: size }, (_, x) => cells.has(`${x} 12`));
  expect(row[12]).toBe(false);
  expect(row).toEqual(row.toReversed());
});

test("less is free than a code of this kind can lose", () => {
  const corners = 3 * 49;
  expect((size * size - corners - cells.size) / (size * size - corners)).toBeLessThan(0.25);
});
