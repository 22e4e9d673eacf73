import type { Random } from "../base/clock.ts";
import { fraction } from "../base/clock.ts";

/** How pauses between tries grow. Milliseconds. */
export interface BackOff {
  readonly first: number;
  readonly longest: number;
}

/** How a client comes back to its server by itself. */
export const defaultBackOff: BackOff = { first: 500, longest: 60_000 };

/**
 * The pause after so many tries in a row that failed, the first being 0: it doubles, and is drawn anew between half of
 * that and all of it, so that the clients of a server that was away do not return in one moment.
 */
export function pauseAfter(tries: number, { first, longest }: BackOff, random: Random): number {
  return Math.min(longest, first * 2 ** Math.min(tries, 20)) * (0.5 + fraction(random) / 2);
}
