import type { Clock, Random, Stop } from "../base/clock.ts";
import { pauseAfter } from "./back_off.ts";
import type { BackOff } from "./back_off.ts";
import type { Link } from "./link.ts";

type Listener = (payload: Uint8Array) => void;

/**
 * Topics of the moment that somebody looks at, such as a presence (P1): each is asked for at QoS 0 once, on every connection, while
 * anybody does. Who looks at one that others look at already is told what came last. What is refused is asked for again after a
 * pause that grows, and when a conversation is joined: who shares one now may look.
 */
export interface Watches {
  /** What comes on `filter` goes to `listener`, until the returned function is called. */
  watch(filter: string, listener: Listener): Stop;
  /** There is a connection. */
  opened(): void;
  /** It is gone, and with it what was known. */
  closed(): void;
  /** A conversation was joined. */
  joined(): void;
  /** Takes a message in, if its topic is watched; else false. An empty one is the last of its subscription. */
  take(topic: string, payload: Uint8Array): boolean;
}

export interface WatchesParts {
  readonly link: Pick<Link, "subscribe" | "unsubscribe">;
  readonly clock: Clock;
  readonly random: Random;
}

interface Watched {
  readonly listeners: Set<Listener>;
  last: Uint8Array | undefined;
  /** Set while it is refused, or over. */
  again: Stop | undefined;
  tries: number;
}

const backOff: BackOff = { first: 1000, longest: 60_000 };

/** Makes watches of nothing, without a connection. */
export function createWatches({ link, clock, random }: WatchesParts): Watches {
  const all = new Map<string, Watched>();
  const forget = (one: Watched): void => {
    one.again?.();
    one.again = undefined;
  };
  const ask = (filter: string, one: Watched): void => {
    forget(one);
    link.subscribe(filter, (reason) => {
      if (all.get(filter) !== one) return;
      if (reason >= 0x80) askLater(filter, one);
      else one.tries = 0;
    });
  };
  const askLater = (filter: string, one: Watched): void => {
    forget(one);
    one.again = clock.after(pauseAfter(one.tries++, backOff, random), () => {
      ask(filter, one);
    });
  };
  return {
    watch: (filter, listener) => {
      const known = all.get(filter);
      const one = known ?? { listeners: new Set(), last: undefined, again: undefined, tries: 0 };
      // Of its own: the same function may look twice.
      const own: Listener = (payload) => {
        listener(payload);
      };
      one.listeners.add(own);
      if (known === undefined) {
        all.set(filter, one);
        ask(filter, one);
      } else if (one.last !== undefined) listener(one.last);
      return () => {
        if (!one.listeners.delete(own) || one.listeners.size > 0) return;
        forget(one);
        all.delete(filter);
        link.unsubscribe(filter);
      };
    },
    opened: () => {
      for (const [filter, one] of all) ask(filter, one);
    },
    closed: () => {
      for (const one of all.values()) {
        forget(one);
        one.last = undefined;
        one.tries = 0;
      }
    },
    joined: () => {
      for (const [filter, one] of all) if (one.again !== undefined) ask(filter, one);
    },
    take: (topic, payload) => {
      const one = all.get(topic);
      if (one === undefined) return false;
      // Bytes of one's own: what came is a view of a whole burst.
      one.last = payload.slice();
      if (payload.length === 0) askLater(topic, one);
      for (const listener of [...one.listeners]) listener(one.last);
      return true;
    },
  };
}
