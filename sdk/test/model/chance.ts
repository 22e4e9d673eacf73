/** A sequence of numbers that follows from its seed alone (mulberry32). */
export interface Chance {
  /** A whole number from 0 up to and without `bound`. */
  below(bound: number): number;
  /** True once in `times`. */
  once(times: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Another sequence, which follows from this one. */
  fork(): Chance;
}

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const chance: Chance = {
    below: (bound) => Math.floor(next() * bound),
    once: (times) => chance.below(times) === 0,
    pick: (from) => {
      const one = from[chance.below(from.length)];
      if (one === undefined) throw new RangeError("nothing to pick from");
      return one;
    },
    fork: () => chanceOf(Math.floor(next() * 2 ** 32)),
  };
  return chance;
}
