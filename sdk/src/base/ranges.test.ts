import { describe, expect, test } from "vitest";
import type { Ranges } from "./ranges.ts";
import { has, highest, include, missing, through } from "./ranges.ts";

describe("ranges of seqs", () => {
  test("neighbours become one range", () => {
    expect(include(include([], 3), 4)).toEqual([[3, 4]]);
    expect(
      include(
        [
          [1, 2],
          [4, 5],
        ],
        3,
      ),
    ).toEqual([[1, 5]]);
    expect(
      include(
        [
          [2, 3],
          [7, 9],
        ],
        5,
      ),
    ).toEqual([
      [2, 3],
      [5, 5],
      [7, 9],
    ]);
    expect(
      include(
        [
          [2, 3],
          [5, 6],
          [8, 9],
        ],
        1,
        7,
      ),
    ).toEqual([[1, 9]]);
  });

  test("what is in the set already leaves the very same object", () => {
    const ranges: Ranges = [[2, 5]];
    expect(include(ranges, 3, 4)).toBe(ranges);
    expect(include(ranges, 4, 3)).toBe(ranges);
  });

  test("holes are found between, before and after", () => {
    expect(missing([], 1, 3)).toEqual([[1, 3]]);
    expect(
      missing(
        [
          [3, 4],
          [7, 7],
        ],
        1,
        9,
      ),
    ).toEqual([
      [1, 2],
      [5, 6],
      [8, 9],
    ]);
    expect(missing([[1, 9]], 2, 8)).toEqual([]);
    expect(
      missing(
        [
          [1, 2],
          [20, 30],
        ],
        4,
        9,
      ),
    ).toEqual([[4, 9]]);
  });

  test("they agree with a plain set of numbers, whatever comes in which order", () => {
    let ranges: Ranges = [];
    const plain = new Set<number>();
    let state = 7;
    for (let round = 0; round < 300; round++) {
      state = (state * 48271) % 2147483647;
      const first = 1 + (state % 60);
      const last = first + (state % 4);
      ranges = include(ranges, first, last);
      for (let seq = first; seq <= last; seq++) plain.add(seq);
      for (let seq = 1; seq <= 65; seq++) expect(has(ranges, seq)).toBe(plain.has(seq));
      const holes = missing(ranges, 1, 65).flatMap(([low, high]) =>
        Array.from({ length: high - low + 1 }, (_, at) => low + at),
      );
      expect(holes).toEqual(Array.from({ length: 65 }, (_, at) => at + 1).filter((seq) => !plain.has(seq)));
      expect(highest(ranges)).toBe(Math.max(...plain));
    }
    expect(through(ranges, 1)).toBe(highest(ranges));
    expect(through([[2, 5]], 1)).toBe(0);
    expect(
      through(
        [
          [1, 5],
          [7, 8],
        ],
        1,
      ),
    ).toBe(5);
  });
});
