import type { LogLayout } from "./layout.ts";
import type { LogScroll } from "./LogScroll.ts";

/** A row on the page: its place among all rows, and where it begins and ends, in px below the upper edge of the window. */
export interface DrawnRow {
  readonly at: number;
  readonly key: string;
  readonly top: number;
  readonly bottom: number;
}

/** Rows that are on the page: they are measured when they come, and whenever they become taller or smaller. */
export class LogElements {
  readonly #layout: LogLayout;
  readonly #elements = new Map<string, HTMLElement>();
  readonly #keys = new WeakMap<Element, string>();
  #observer: ResizeObserver | undefined;

  constructor(layout: LogLayout) {
    this.#layout = layout;
  }

  get size(): number {
    return this.#elements.size;
  }

  of(key: string): HTMLElement | undefined {
    return this.#elements.get(key);
  }

  /** `resized` is called when rows (`rows`) or the scroller have another size, before that is painted. */
  watch(
    scroller: HTMLElement,
    resized: (what: { readonly rows: boolean; readonly scroller: boolean }) => void,
  ): () => void {
    const observer = new ResizeObserver((entries) => {
      const rows = entries.filter((entry) => this.#resized(entry)).length > 0;
      resized({ rows, scroller: entries.some(({ target }) => target === scroller) });
    });
    this.#observer = observer;
    observer.observe(scroller);
    for (const element of this.#elements.values()) observer.observe(element);
    return () => {
      observer.disconnect();
      this.#observer = undefined;
    };
  }

  /** A row comes onto the page; the returned function takes it off. */
  add(key: string, element: HTMLElement): () => void {
    this.#elements.set(key, element);
    this.#keys.set(element, key);
    this.#observer?.observe(element);
    return () => {
      this.#elements.delete(key);
      this.#observer?.unobserve(element);
    };
  }

  /** Those of the rows from `first` to before `last` that are on the page. */
  *drawn(first: number, last: number, scroll: LogScroll): Generator<DrawnRow> {
    for (let at = first; at < last; at++) {
      const key = this.#layout.keyAt(at);
      const element = key === undefined ? undefined : this.#elements.get(key);
      if (key === undefined || element === undefined) continue;
      const top = scroll.topOf(element);
      yield { at, key, top, bottom: top + this.#layout.heightOf(at) };
    }
  }

  measureNew(): void {
    for (const [key, element] of this.#elements) {
      if (!this.#layout.isMeasured(key)) this.#layout.setHeight(key, element.getBoundingClientRect().height);
    }
  }

  /** Says whether it is a row that has another height. */
  #resized({ target, borderBoxSize }: ResizeObserverEntry): boolean {
    const key = this.#keys.get(target);
    const height = borderBoxSize[0]?.blockSize;
    return key !== undefined && height !== undefined && height > 0 && this.#layout.setHeight(key, height);
  }
}
