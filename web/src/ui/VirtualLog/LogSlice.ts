import { source } from "../../base/signal.ts";
import type { LogLayout } from "./layout.ts";

/** The rows that are on the page, with the heights of those before and after. */
export interface LogView<T> {
  readonly rows: readonly T[];
  readonly before: number;
  readonly after: number;
}

/** How far beyond both edges rows are on the page, and how near the edge of those others are fetched. */
const overscan = 600;
const fetchWithin = 450;
/** How many rows come onto the page at one edge with one change, beyond those that are in sight: so a change stays short. */
const atOnce = 6;

/** Rows from `first` to before `last`. */
interface Range {
  readonly first: number;
  readonly last: number;
}

/** Which of all rows are on the page, or will be with its next change: those around a window of some height. */
export class LogSlice<T extends { readonly key: string }> {
  readonly view = source<LogView<T>>({ rows: [], before: 0, after: 0 });
  readonly #layout: LogLayout;
  #first = 0;
  #last = 0;
  #partial = false;

  constructor(layout: LogLayout) {
    this.#layout = layout;
  }

  get first(): number {
    return this.#first;
  }

  /** One after the last. */
  get last(): number {
    return this.#last;
  }

  /** The last change was kept short: further rows are to come with another. */
  get partial(): boolean {
    return this.#partial;
  }

  /** Puts the rows on the page that are around a window at `top`; not all at once where some are there already. */
  publish(all: readonly T[], top: number, height: number): void {
    const wanted = this.#around(top, height, overscan);
    const { first, last } = this.#within(wanted, top, height);
    const rows = all.slice(first, last);
    this.#partial = first > wanted.first || last < wanted.last;
    this.#first = first;
    this.#last = last;
    const before = this.#layout.offsetOf(first);
    const after = this.#layout.total - this.#layout.offsetOf(last);
    const now = this.view.get();
    const same = rows.length === now.rows.length && rows.every((row, at) => row === now.rows[at]);
    if (same && before === now.before && after === now.after) return;
    this.view.set({ rows: same ? now.rows : rows, before, after });
  }

  /** Whether those on the page reach so far beyond the edges of a window at `top`. */
  covers(top: number, height: number, within = fetchWithin): boolean {
    const above = this.#first === 0 || this.#layout.offsetOf(this.#first) <= top - within;
    const bottom = top + height + within;
    return above && (this.#last === this.#layout.count || this.#layout.offsetOf(this.#last) >= bottom);
  }

  #around(top: number, height: number, beyond: number): Range {
    if (this.#layout.count === 0) return { first: 0, last: 0 };
    return { first: this.#layout.indexAt(top - beyond), last: this.#layout.indexAt(top + height + beyond) + 1 };
  }

  /** As much of what is wanted as comes with one change: what is in sight, and a few rows beyond those that are there. */
  #within(wanted: Range, top: number, height: number): Range {
    const there = this.view
      .get()
      .rows.map(({ key }) => this.#layout.indexOf(key))
      .filter((at) => at !== undefined);
    const [first] = there;
    const last = there.at(-1);
    if (first === undefined || last === undefined || first >= wanted.last || last < wanted.first) return wanted;
    const sight = this.#around(top, height, 0);
    return {
      first: Math.max(wanted.first, Math.min(sight.first, first - atOnce)),
      last: Math.min(wanted.last, Math.max(sight.last, last + 1 + atOnce)),
    };
  }
}
