/** Places that are no further apart are the same: browsers put what scrolls on whole pixels of the screen. */
const exact = 0.5;
/** How long a way takes that one sees. */
const glideFor = 250;

/**
 * The scroll position of a log. Two move it: its window, which keeps what is read in its place, and somebody with a wheel, keys
 * or fingers. Browsers scroll for somebody by themselves, and tell of it with the next frame; this knows of it before.
 */
export class LogScroll {
  readonly #scroller: HTMLElement;
  /** Where it was when it was put or looked at last. */
  #known: number;

  constructor(scroller: HTMLElement) {
    this.#scroller = scroller;
    this.#known = scroller.scrollTop;
  }

  get top(): number {
    return this.#scroller.scrollTop;
  }

  /** From here to the end. */
  get left(): number {
    const { scrollHeight, clientHeight, scrollTop } = this.#scroller;
    return scrollHeight - clientHeight - scrollTop;
  }

  /** Where something in it begins, in px below its upper edge. */
  topOf(element: HTMLElement): number {
    return element.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
  }

  /** How far somebody has moved it since it was put or this was asked: 0 if nobody has. */
  taken(): number {
    const by = this.#scroller.scrollTop - this.#known;
    if (Math.abs(by) <= exact) return 0;
    this.#known += by;
    return by;
  }

  /**
   * Moves it, beside what somebody does meanwhile: after `scrollTop = …` Firefox forgets where a wheel that still turns has
   * come to, and ends its movement.
   */
  move(by: number): void {
    if (Math.abs(by) > exact) this.#scroller.scrollBy({ top: by, behavior: "instant" });
    this.#known = this.#scroller.scrollTop;
  }

  focus(): void {
    this.#scroller.focus({ preventScroll: true });
  }
}

/** Calls `step` in each frame with the part of a way that is left, until that is 0 or the returned function is called. */
export function glide(step: (rest: number) => void): () => void {
  let begun: number | undefined;
  let frame = 0;
  const next = (now: number): void => {
    begun ??= now;
    const rest = Math.max(0, 1 - (now - begun) / glideFor) ** 3;
    if (rest > 0) frame = requestAnimationFrame(next);
    step(rest);
  };
  frame = requestAnimationFrame(next);
  return () => {
    cancelAnimationFrame(frame);
  };
}
