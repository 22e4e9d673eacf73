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

/** Which of all rows are on the page, or will be with its next change: those around a window of some height. */
export class LogSlice<T> {
  readonly view = source<LogView<T>>({ rows: [], before: 0, after: 0 });
  readonly #layout: LogLayout;
  #first = 0;
  #last = 0;

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

  /** Puts the rows on the page that are around a window at `top`. */
  publish(all: readonly T[], top: number, height: number): void {
    const { count } = this.#layout;
    const first = count === 0 ? 0 : this.#layout.indexAt(top - overscan);
    const last = count === 0 ? 0 : this.#layout.indexAt(top + height + overscan) + 1;
    const rows = all.slice(first, last);
    this.#first = first;
    this.#last = last;
    const before = this.#layout.offsetOf(first);
    const after = this.#layout.total - this.#layout.offsetOf(last);
    const now = this.view.get();
    const same = rows.length === now.rows.length && rows.every((row, at) => row === now.rows[at]);
    if (same && before === now.before && after === now.after) return;
    this.view.set({ rows: same ? now.rows : rows, before, after });
  }

  /** Whether those on the page reach well beyond the edges of a window at `top`. */
  covers(top: number, height: number): boolean {
    const above = this.#first === 0 || this.#layout.offsetOf(this.#first) <= top - fetchWithin;
    const bottom = top + height + fetchWithin;
    return above && (this.#last === this.#layout.count || this.#layout.offsetOf(this.#last) >= bottom);
  }
}
