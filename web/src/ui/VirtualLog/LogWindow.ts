import { source, type Signal } from "../../base/signal.ts";
import { LogLayout } from "./layout.ts";

/** What is told apart by its key, and measured. */
export interface LogRow {
  readonly key: string;
}

/** The rows that are on the page, with the heights of those before and after. */
export interface LogView<T> {
  readonly rows: readonly T[];
  readonly before: number;
  readonly after: number;
}

/** Where the log is: at its end, which it follows, or with a row so many px below the upper edge. */
export type LogPlace = { readonly at: "end" } | { readonly at: "row"; readonly key: string; readonly top: number };

/** Where it begins: a place, or a row at a share of the height. */
export type LogStart = LogPlace | { readonly at: "share"; readonly key: string; readonly share: number };

export interface LogEvents {
  /** The end is in sight or not. */
  readonly onFollow: (following: boolean) => void;
  /** Older rows are wanted. */
  readonly onTop: () => void;
  /** Newer rows are wanted, which are not among the rows that there are. */
  readonly onBottom: () => void;
  /** The newest rows are wanted at once, whatever becomes of those that there are. */
  readonly onLatest: () => void;
  /** The last row of which at least half is in sight, when things have come to rest for a moment. */
  readonly onSeen: (key: string) => void;
  /** The first row in sight, whenever somebody has scrolled. */
  readonly onFirst: (key: string) => void;
}

/** How near the end the log must be to follow it. */
const followWithin = 80;
/** How far beyond both edges rows are on the page, and how near the edge of those others are fetched. */
const overscan = 600;
const fetchWithin = 450;
/** How near an end further rows are wanted. */
const wantedWithin = 900;
const restAfter = 120;

/**
 * The window on a long log: decides which rows are on the page and keeps the line that is read where it is, whatever happens
 * above it. A row is an anchor by where it stands on the screen; after each change of the page, before it is painted, the
 * scroll position is set so that the row stands there again. Near the end the end is the anchor.
 */
export class LogWindow<T extends LogRow> {
  readonly #view = source<LogView<T>>({ rows: [], before: 0, after: 0 });
  readonly #layout = new LogLayout();
  readonly #elements = new Map<string, HTMLElement>();
  readonly #keys = new WeakMap<Element, string>();
  readonly #estimate: (row: T, width: number) => number;
  #events: LogEvents;
  #rows: readonly T[] = [];
  #scroller: HTMLElement | undefined;
  #observer: ResizeObserver | undefined;
  #width = 0;
  #height = 0;
  #first = 0;
  #last = 0;
  /** The last row is the newest that there is. */
  #ended = true;
  #following = true;
  /** The end is wanted, once the newest rows are there. */
  #endNext = false;
  #anchor: { key: string; top: number } | undefined;
  #start: LogStart;
  /** The place where it begins is not on the page yet. */
  #beginning = true;
  #focusNext: string | undefined;
  /** Where the scroll position was put by this: its scroll event is nobody's movement. */
  #put: number | undefined;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(start: LogStart, estimate: (row: T, width: number) => number, events: LogEvents) {
    this.#start = start;
    this.#estimate = estimate;
    this.#events = events;
  }

  get view(): Signal<LogView<T>> {
    return this.#view;
  }

  /** Tells others from now on. */
  tell(events: LogEvents): void {
    this.#events = events;
  }

  /** Where it is now; another window can begin there. */
  get place(): LogPlace {
    return this.#following || this.#anchor === undefined ? { at: "end" } : { at: "row", ...this.#anchor };
  }

  /** Begins to live in an element that scrolls. The returned function ends that. */
  attach(scroller: HTMLElement): () => void {
    this.#scroller = scroller;
    this.#measureScroller();
    this.#begin();
    const onScroll = (): void => {
      const moved = scroller.scrollTop !== this.#put;
      this.#put = undefined;
      this.#scrolled(moved);
      if (moved) this.#tellFirst();
    };
    scroller.addEventListener("scroll", onScroll, { passive: true });
    this.#observer = new ResizeObserver((entries) => {
      this.#resized(entries);
    });
    this.#observer.observe(scroller);
    for (const element of this.#elements.values()) this.#observer.observe(element);
    return () => {
      this.#start = this.place;
      scroller.removeEventListener("scroll", onScroll);
      this.#observer?.disconnect();
      this.#observer = undefined;
      clearTimeout(this.#rest);
      this.#scroller = undefined;
    };
  }

  /** A row's element comes onto the page; the returned function takes it off. */
  observe(key: string, element: HTMLElement): () => void {
    this.#elements.set(key, element);
    this.#keys.set(element, key);
    this.#observer?.observe(element);
    return () => {
      this.#elements.delete(key);
      this.#observer?.unobserve(element);
      // What goes off the page must not take the focus with it.
      if (element.contains(document.activeElement)) this.#scroller?.focus({ preventScroll: true });
    };
  }

  /** `ended`: the last row is the newest that there is. */
  setRows(rows: readonly T[], ended: boolean): void {
    if (rows === this.#rows && ended === this.#ended) return;
    this.#ended = ended;
    if (ended && this.#endNext) {
      this.#endNext = false;
      this.#setFollowing(true);
    }
    if (!ended) this.#setFollowing(false);
    if (!this.#following && this.#scroller !== undefined) this.#keepAnchor(rows);
    this.#rows = rows;
    this.#layout.setRows(
      rows.map(({ key }) => key),
      rows.map((row) => this.#estimate(row, this.#width)),
    );
    if (this.#anchor !== undefined && this.#layout.indexOf(this.#anchor.key) === undefined) this.#anchor = undefined;
    this.#publish(this.#expectedTop());
  }

  /** To be called after each change of the page, before it is painted, with the view that it shows. */
  committed(shown: LogView<T>): void {
    for (const [key, element] of this.#elements) {
      if (!this.#layout.isMeasured(key)) this.#layout.setHeight(key, element.getBoundingClientRect().height);
    }
    this.#restore();
    // Rows have changed in the meantime: the page comes to show them, too, and until then its scroll position means other rows.
    if (shown !== this.#view.get()) return;
    if (this.#beginning && this.#elements.size > 0) {
      this.#beginning = false;
      this.#scrolled(true);
    }
    this.#cover();
    if (this.#focusNext !== undefined && this.#elements.has(this.#focusNext)) this.focus(this.#focusNext);
    this.#lookSoon();
  }

  toEnd(): void {
    const scroller = this.#scroller;
    if (scroller === undefined) return;
    if (!this.#ended) {
      this.#endNext = true;
      this.#events.onLatest();
      return;
    }
    const left = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    const smooth = left < 2 * scroller.clientHeight && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (smooth && this.#last === this.#rows.length) {
      scroller.scrollTo({ top: scroller.scrollHeight, behavior: "smooth" });
      return;
    }
    this.#setFollowing(true);
    this.#publish(this.#expectedTop());
    this.#restore();
  }

  /** Gives a row the focus (what in it has `data-focus`), and brings it onto the page before if it is not there. */
  focus(key: string): void {
    const target = this.#elements.get(key)?.querySelector<HTMLElement>("[data-focus]");
    if (target !== undefined && target !== null) {
      this.#focusNext = undefined;
      target.focus();
      return;
    }
    if (this.#layout.indexOf(key) === undefined) return;
    this.#focusNext = key;
    this.#setFollowing(false);
    this.#anchor = { key, top: this.#height / 3 };
    this.#publish(this.#expectedTop());
  }

  #begin(): void {
    const start = this.#start;
    this.#beginning = true;
    this.#following = start.at === "end" || this.#layout.indexOf(start.key) === undefined;
    if (start.at === "row") this.#anchor = { key: start.key, top: start.top };
    if (start.at === "share") this.#anchor = { key: start.key, top: Math.round(this.#height * start.share) };
    if (this.#following) this.#anchor = undefined;
    this.#layout.forget(this.#rows.map((row) => this.#estimate(row, this.#width)));
    this.#publish(this.#expectedTop());
    this.#events.onFollow(this.#following);
  }

  #measureScroller(): void {
    this.#width = this.#scroller?.clientWidth ?? 0;
    this.#height = this.#scroller?.clientHeight ?? 0;
  }

  /** Where the scroll position will be once the anchor stands where it should. */
  #expectedTop(): number {
    if (this.#following) return this.#layout.total - this.#height;
    const index = this.#anchor === undefined ? undefined : this.#layout.indexOf(this.#anchor.key);
    if (index === undefined || this.#anchor === undefined) return this.#scroller?.scrollTop ?? 0;
    return this.#layout.offsetOf(index) - this.#anchor.top;
  }

  #publish(top: number): void {
    const { count } = this.#layout;
    const first = count === 0 ? 0 : this.#layout.indexAt(top - overscan);
    const last = count === 0 ? 0 : this.#layout.indexAt(top + this.#height + overscan) + 1;
    const rows = this.#rows.slice(first, last);
    this.#first = first;
    this.#last = last;
    const before = this.#layout.offsetOf(first);
    const after = this.#layout.total - this.#layout.offsetOf(last);
    const now = this.#view.get();
    const same = rows.length === now.rows.length && rows.every((row, at) => row === now.rows[at]);
    if (same && before === now.before && after === now.after) return;
    this.#view.set({ rows: same ? now.rows : rows, before, after });
  }

  /** Publishes other rows if those on the page hardly reach beyond the edges. */
  #cover(): void {
    const scroller = this.#scroller;
    // As long as nothing is on the page the scroll position says nothing.
    if (scroller === undefined || this.#beginning) return;
    const top = scroller.scrollTop;
    const missesAbove = this.#first > 0 && this.#layout.offsetOf(this.#first) > top - fetchWithin;
    const bottom = top + this.#height + fetchWithin;
    const missesBelow = this.#last < this.#layout.count && this.#layout.offsetOf(this.#last) < bottom;
    if (missesAbove || missesBelow) this.#publish(top);
  }

  /** Puts the anchor back to where it stood. */
  #restore(): void {
    const scroller = this.#scroller;
    if (scroller === undefined) return;
    if (this.#following) {
      const end = scroller.scrollHeight - scroller.clientHeight;
      if (Math.abs(end - scroller.scrollTop) > 0.5) this.#scrollTo(end);
      return;
    }
    if (this.#anchor === undefined) this.#readAnchor();
    const element = this.#anchor === undefined ? undefined : this.#elements.get(this.#anchor.key);
    // It is not on the page yet.
    if (element === undefined || this.#anchor === undefined) return;
    const off = this.#topOf(element) - this.#anchor.top;
    if (Math.abs(off) > 0.5) this.#scrollTo(scroller.scrollTop + off);
  }

  #scrollTo(top: number): void {
    if (this.#scroller === undefined) return;
    this.#scroller.scrollTop = top;
    this.#put = this.#scroller.scrollTop;
  }

  #topOf(element: HTMLElement): number {
    return element.getBoundingClientRect().top - (this.#scroller?.getBoundingClientRect().top ?? 0);
  }

  /** Where an anchor is not among the rows that come, another is chosen; what the page shows by now is put right before. */
  #keepAnchor(rows: readonly T[]): void {
    this.#restore();
    const anchor = this.#anchor?.key;
    if (anchor !== undefined && rows.some(({ key }) => key === anchor)) return;
    this.#readAnchor(new Set(rows.map(({ key }) => key)));
  }

  /** The anchor is the first row that begins in sight; of `among`, if given. */
  #readAnchor(among?: ReadonlySet<string>): void {
    const scroller = this.#scroller;
    if (scroller === undefined) return;
    this.#anchor = undefined;
    for (let at = this.#layout.indexAt(scroller.scrollTop - 100); at < this.#last; at++) {
      const key = this.#layout.keyAt(at);
      const element = key === undefined ? undefined : this.#elements.get(key);
      if (key === undefined || element === undefined || among?.has(key) === false) continue;
      const top = this.#topOf(element);
      // After a jump those on the page are far away; and a row that fills the window is an anchor if no other begins in it.
      if (top >= this.#height) return;
      this.#anchor = { key, top };
      if (top >= 0) return;
    }
  }

  /** `moved`: by somebody, who so chose another anchor. */
  #scrolled(moved: boolean): void {
    const scroller = this.#scroller;
    if (scroller === undefined) return;
    const left = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    this.#setFollowing(this.#ended && left <= followWithin && this.#last === this.#layout.count);
    if (moved) this.#readAnchor();
    this.#cover();
    this.#want(left);
    this.#lookSoon();
  }

  /** Asks for more rows near an end of those that there are. */
  #want(left: number): void {
    if ((this.#scroller?.scrollTop ?? wantedWithin) < wantedWithin) this.#events.onTop();
    if (!this.#ended && left < wantedWithin) this.#events.onBottom();
  }

  #setFollowing(following: boolean): void {
    if (this.#following === following) return;
    this.#following = following;
    this.#events.onFollow(following);
  }

  #resized(entries: readonly ResizeObserverEntry[]): void {
    let news = false;
    let wider = false;
    for (const entry of entries) {
      if (entry.target === this.#scroller) {
        const width = this.#width;
        this.#measureScroller();
        news = true;
        wider = width !== this.#width;
        continue;
      }
      const key = this.#keys.get(entry.target);
      const height = entry.borderBoxSize[0]?.blockSize;
      if (key !== undefined && height !== undefined && height > 0) news = this.#layout.setHeight(key, height) || news;
    }
    if (!news) return;
    if (wider) this.#remeasure();
    this.#restore();
    // Rows that come onto the page within this callback would be measured a frame late.
    requestAnimationFrame(() => {
      if (wider) this.#publish(this.#expectedTop());
      else this.#cover();
    });
  }

  #remeasure(): void {
    this.#layout.forget(this.#rows.map((row) => this.#estimate(row, this.#width)));
    for (const [key, element] of this.#elements) {
      this.#layout.setHeight(key, element.getBoundingClientRect().height);
    }
  }

  #tellFirst(): void {
    const scroller = this.#scroller;
    if (scroller === undefined) return;
    const key = this.#layout.keyAt(this.#layout.indexAt(scroller.scrollTop));
    if (key !== undefined) this.#events.onFirst(key);
  }

  #lookSoon(): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#look();
    }, restAfter);
  }

  #look(): void {
    const scroller = this.#scroller;
    if (scroller === undefined) return;
    this.#want(scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop);
    for (let at = this.#last - 1; at >= this.#first; at--) {
      const key = this.#layout.keyAt(at);
      const element = key === undefined ? undefined : this.#elements.get(key);
      if (key === undefined || element === undefined) continue;
      const top = this.#topOf(element);
      const middle = top + this.#layout.heightOf(at) / 2;
      if (middle > this.#height) continue;
      if (middle >= 0) this.#events.onSeen(key);
      return;
    }
  }
}
