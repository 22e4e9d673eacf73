/** Ends what it was given for. Calling it again does nothing. */
export type Stop = () => void;

/** The only door to time: code that is given one can be run by a test, tick by tick. */
export interface Clock {
  /** Milliseconds since 1970 UTC. It may jump, in both directions. */
  now(): number;
  /** Calls `then` once after `ms` milliseconds, unless it is stopped before. */
  after(ms: number, then: () => void): Stop;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, then) => {
    const timer = setTimeout(then, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Random bytes, as many as asked for; and so the only door to chance. */
export type Random = (count: number) => Uint8Array<ArrayBuffer>;

/** The machine's random bytes, fit for keys. */
export const systemRandom: Random = (count) => crypto.getRandomValues(new Uint8Array(count));

/** A number from 0 up to and without 1, of 32 bits. */
export function fraction(random: Random): number {
  const [a = 0, b = 0, c = 0, d = 0] = random(4);
  return (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) / 2 ** 32;
}
