/**
 * A set of seqs as closed ranges: in order, apart from each other by at least one seq. What a store has of a conversation
 * is such a set, and so is what it lacks. Every function returns a new set.
 */
export type Ranges = readonly Range[];
/** From the first to the last seq, both included. */
export type Range = readonly [first: number, last: number];

/** The set with `first` to `last` in it as well; the same object if they were in it. */
export function include(ranges: Ranges, first: number, last: number = first): Ranges {
  if (first > last) return ranges;
  const before: Range[] = [];
  const after: Range[] = [];
  let [low, high] = [first, last];
  for (const range of ranges) {
    if (range[0] <= first && last <= range[1]) return ranges;
    if (range[1] < first - 1) before.push(range);
    else if (range[0] > last + 1) after.push(range);
    else [low, high] = [Math.min(low, range[0]), Math.max(high, range[1])];
  }
  return [...before, [low, high], ...after];
}

/** Whether a seq is in the set. */
export function has(ranges: Ranges, seq: number): boolean {
  return ranges.some(([first, last]) => first <= seq && seq <= last);
}

/** What of `first` to `last` is not in the set. */
export function missing(ranges: Ranges, first: number, last: number): Ranges {
  const holes: Range[] = [];
  let next = first;
  for (const [low, high] of ranges) {
    if (high < next) continue;
    if (low > last) break;
    if (low > next) holes.push([next, low - 1]);
    next = high + 1;
  }
  if (next <= last) holes.push([next, last]);
  return holes;
}

/** The highest seq up to which everything from `first` on is in the set; `first - 1` if `first` is not. */
export function through(ranges: Ranges, first: number): number {
  const range = ranges.find(([low, high]) => low <= first && first <= high);
  return range === undefined ? first - 1 : range[1];
}

/** The highest seq in the set, 0 if it is empty. */
export function highest(ranges: Ranges): number {
  return ranges.at(-1)?.[1] ?? 0;
}
