import type { Signal } from "../../base/signal.ts";
import { LogLayout } from "./layout.ts";
import { LogElements, type DrawnRow } from "./LogElements.ts";
import type { LogEvents, LogPlace, LogRow, LogStart } from "./LogPlace.ts";
import { glide, LogScroll } from "./LogScroll.ts";
import { LogSlice, type LogView } from "./LogSlice.ts";

/** How near the end the log must be to follow it. */
const followWithin = 80;
/** How near an end further rows are wanted. */
const wantedWithin = 1_800;
const restAfter = 120;

/**
 * The window on a long log: decides which rows are on the page and keeps the line that is read where it is, whatever happens
 * above it. A row is an anchor by where it stands on the screen; after each change of the page, before it is painted, the
 * scroll position is set so that the row stands there again. Near the end the end is the anchor. Who scrolls chooses another
 * anchor: before rows change it is asked how far somebody has come by then.
 */
export class LogWindow<T extends LogRow> {
  readonly #layout = new LogLayout();
  readonly #slice = new LogSlice<T>(this.#layout);
  readonly #elements = new LogElements(this.#layout);
  readonly #estimate: (row: T, width: number) => number;
  #events: LogEvents;
  #rows: readonly T[] = [];
  #scroller: HTMLElement | undefined;
  #scroll: LogScroll | undefined;
  #width = 0;
  #height = 0;
  /** The last row is the newest that there is. */
  #ended = true;
  #following = true;
  /** While it follows the end: how far it is from it, because somebody moves there, or it glides. */
  #away = 0;
  #stopGlide: (() => void) | undefined;
  /** The end is wanted, once the newest rows are there. */
  #endNext = false;
  #anchor: { key: string; top: number } | undefined;
  #start: LogStart;
  /** The place where it begins is not on the page yet. */
  #beginning = true;
  #focusNext: string | undefined;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #more: ReturnType<typeof setTimeout> | undefined;

  constructor(start: LogStart, estimate: (row: T, width: number) => number, events: LogEvents) {
    this.#start = start;
    this.#estimate = estimate;
    this.#events = events;
  }

  get view(): Signal<LogView<T>> {
    return this.#slice.view;
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
    this.#scroll = new LogScroll(scroller);
    this.#measureScroller();
    this.#begin();
    const onScroll = (): void => {
      // With another size the browser may have moved it, and what was read is put back in this very frame.
      if (scroller.clientWidth === this.#width && scroller.clientHeight === this.#height) this.#scrolled();
    };
    const onRest = (): void => {
      this.#rested();
    };
    scroller.addEventListener("scroll", onScroll, { passive: true });
    scroller.addEventListener("scrollend", onRest, { passive: true });
    const unwatch = this.#elements.watch(scroller, (what) => {
      this.#resized(what);
    });
    return () => {
      this.#start = this.place;
      scroller.removeEventListener("scroll", onScroll);
      scroller.removeEventListener("scrollend", onRest);
      unwatch();
      clearTimeout(this.#rest);
      clearTimeout(this.#more);
      this.#endGlide();
      this.#scroller = undefined;
      this.#scroll = undefined;
    };
  }

  /** A row's element comes onto the page; the returned function takes it off. */
  observe(key: string, element: HTMLElement): () => void {
    const remove = this.#elements.add(key, element);
    return () => {
      remove();
      // What goes off the page must not take the focus with it.
      if (element.contains(document.activeElement)) this.#scroll?.focus();
    };
  }

  /** `ended`: the last row is the newest that there is. */
  setRows(rows: readonly T[], ended: boolean): void {
    if (rows === this.#rows && ended === this.#ended) return;
    if (!this.#beginning && this.#notice()) this.#lookSoon();
    this.#ended = ended;
    if (ended && this.#endNext) {
      this.#endNext = false;
      this.#setFollowing(true);
    }
    if (!ended) this.#setFollowing(false);
    if (!this.#following && this.#scroll !== undefined) this.#keepAnchor(rows);
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
    this.#elements.measureNew();
    this.#restore();
    // Rows have changed in the meantime: the page comes to show them, too, and until then its scroll position means other rows.
    if (shown !== this.#slice.view.get()) return;
    if (this.#beginning && this.#elements.size > 0) {
      this.#beginning = false;
      this.#moved();
      this.#want();
    }
    this.#coverOn();
    if (this.#focusNext !== undefined && this.#elements.of(this.#focusNext) !== undefined) this.focus(this.#focusNext);
    this.#lookSoon();
  }

  toEnd(): void {
    const scroll = this.#scroll;
    if (scroll === undefined) return;
    if (!this.#ended) {
      this.#endNext = true;
      this.#events.onLatest();
      return;
    }
    const { left } = scroll;
    const seen = this.#slice.last === this.#rows.length && left < 2 * this.#height;
    this.#setFollowing(true);
    if (seen && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.#glideFrom(left);
      return;
    }
    this.#publish(this.#expectedTop());
    this.#restore();
  }

  /** Gives a row the focus (what in it has `data-focus`), and brings it onto the page before if it is not there. */
  focus(key: string): void {
    const target = this.#elements.of(key)?.querySelector<HTMLElement>("[data-focus]");
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

  /** Where the window will be in the layout once the anchor stands where it should. */
  #expectedTop(): number {
    if (this.#following) return this.#layout.total - this.#height - this.#away;
    const index = this.#anchor === undefined ? undefined : this.#layout.indexOf(this.#anchor.key);
    if (index === undefined || this.#anchor === undefined) return this.#scroll?.top ?? 0;
    return this.#layout.offsetOf(index) - this.#anchor.top;
  }

  /** Where the window is in the layout: by a row in sight, whatever the page has above it, or by the scroll position after a jump. */
  #layoutTop(): number {
    for (const { at, top, bottom } of this.#drawn()) {
      if (bottom > 0 && top < this.#height) return this.#layout.offsetOf(at) - top;
    }
    return this.#scroll?.top ?? 0;
  }

  #drawn(): Iterable<DrawnRow> {
    return this.#scroll === undefined ? [] : this.#elements.drawn(this.#slice.first, this.#slice.last, this.#scroll);
  }

  #publish(top: number): void {
    this.#slice.publish(this.#rows, top, this.#height);
  }

  /** Publishes other rows if those on the page hardly reach beyond the edges. */
  #cover(): void {
    // As long as nothing is on the page the scroll position says nothing.
    if (this.#scroll === undefined || this.#beginning) return;
    const top = this.#layoutTop();
    if (!this.#slice.covers(top, this.#height)) this.#publish(top);
  }

  /** After a change of the page that was kept short: what is in sight is there at once, what is near it comes in a task of its own. */
  #coverOn(): void {
    if (!this.#slice.partial || !this.#slice.covers(this.#layoutTop(), this.#height, 0)) {
      this.#cover();
      return;
    }
    clearTimeout(this.#more);
    this.#more = setTimeout(() => {
      this.#cover();
    });
  }

  /** Puts the anchor back to where it stood. */
  #restore(): void {
    const scroll = this.#scroll;
    if (scroll === undefined) return;
    if (this.#following) {
      scroll.move(scroll.left - this.#away);
      return;
    }
    if (this.#anchor === undefined) this.#readAnchor();
    const element = this.#anchor === undefined ? undefined : this.#elements.of(this.#anchor.key);
    // It is not on the page yet.
    if (element === undefined || this.#anchor === undefined) return;
    scroll.move(scroll.topOf(element) - this.#anchor.top);
  }

  /** Where an anchor is not among the rows that come, another is chosen; what the page shows by now is put right before. */
  #keepAnchor(rows: readonly T[]): void {
    this.#restore();
    const anchor = this.#anchor?.key;
    if (anchor !== undefined && rows.some(({ key }) => key === anchor)) return;
    this.#readAnchor(new Set(rows.map(({ key }) => key)));
  }

  /** The anchor is the first row that begins in sight, or the one that fills the window; of `among`, if given. */
  #readAnchor(among?: ReadonlySet<string>): void {
    this.#anchor = undefined;
    for (const { at, key, top, bottom } of this.#drawn()) {
      // After a jump those on the page are far away.
      if (bottom <= 0 || this.#rows[at]?.head === true || among?.has(key) === false) continue;
      if (top >= this.#height) return;
      this.#anchor = { key, top };
      if (top >= 0) return;
    }
  }

  #scrolled(): void {
    if (!this.#beginning && !this.#notice() && this.#isNearEnd()) this.#setFollowing(true);
    this.#cover();
    this.#want();
    this.#lookSoon();
  }

  /** Says whether somebody has scrolled since this was asked last. */
  #notice(): boolean {
    if (this.#scroll === undefined || this.#scroll.taken() === 0) return false;
    this.#moved();
    const first = this.#layout.keyAt(this.#layout.indexAt(this.#layoutTop()));
    if (first !== undefined) this.#events.onFirst(first);
    return true;
  }

  /** Somebody has moved it, and so chosen another anchor. */
  #moved(): void {
    this.#endGlide();
    this.#setFollowing(this.#isNearEnd());
    this.#away = this.#following ? (this.#scroll?.left ?? 0) : 0;
    this.#readAnchor();
  }

  /** Nobody moves it any more: what comes now is followed to the very end. */
  #rested(): void {
    if (this.#stopGlide === undefined) this.#away = 0;
  }

  #isNearEnd(): boolean {
    return this.#ended && (this.#scroll?.left ?? 0) <= followWithin && this.#slice.last === this.#layout.count;
  }

  /** Goes to the end, from so far away, as one sees it: rows may come and grow on the way, and somebody may stop it. */
  #glideFrom(left: number): void {
    this.#endGlide();
    this.#away = left;
    this.#stopGlide = glide((rest) => {
      if (rest === 0) this.#stopGlide = undefined;
      if ((this.#scroll?.taken() ?? 0) !== 0) {
        this.#moved();
        return;
      }
      this.#away = left * rest;
      this.#restore();
    });
  }

  #endGlide(): void {
    this.#stopGlide?.();
    this.#stopGlide = undefined;
    this.#away = 0;
  }

  /** Asks for more rows near an end of those that there are. */
  #want(): void {
    if (this.#scroll === undefined) return;
    if (this.#scroll.top < wantedWithin) this.#events.onTop();
    if (!this.#ended && this.#scroll.left < wantedWithin) this.#events.onBottom();
  }

  #setFollowing(following: boolean): void {
    if (this.#following === following) return;
    this.#following = following;
    this.#endGlide();
    this.#events.onFollow(following);
  }

  #resized({ rows, scroller }: { readonly rows: boolean; readonly scroller: boolean }): void {
    if (!rows && !scroller) return;
    const width = this.#width;
    if (scroller) this.#measureScroller();
    const wider = width !== this.#width;
    if (wider) {
      this.#layout.forget(this.#rows.map((row) => this.#estimate(row, this.#width)));
      this.#elements.measureNew();
    }
    this.#restore();
    // Rows that come onto the page within this callback would be measured a frame late.
    requestAnimationFrame(() => {
      if (wider) this.#publish(this.#expectedTop());
      else this.#cover();
    });
  }

  #lookSoon(): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#rested();
      this.#want();
      this.#look();
    }, restAfter);
  }

  #look(): void {
    const drawn = [...this.#drawn()];
    const seen = drawn.findLast(({ top, bottom }) => (top + bottom) / 2 <= this.#height);
    // Of a row that is taller than the window there may be the end alone.
    if (seen === undefined || seen.bottom <= 0) return;
    const whole = drawn.findLast(({ top, bottom }) => top >= 0 && bottom <= this.#height);
    this.#events.onSeen(seen.key, whole?.key ?? seen.key);
  }
}
