import { describe, expect, test } from "vitest";
import { manualClock } from "../../test/support/manual_clock.ts";
import { createWatches } from "./watches.ts";

/** Watches, what they asked the server for, and a way to answer the last question. */
function start() {
  const asked: string[] = [];
  let answer: (reason: number) => void = () => undefined;
  const clock = manualClock();
  const watches = createWatches({
    link: {
      subscribe: (filter, answered) => {
        asked.push(`+${filter}`);
        answer = answered;
      },
      unsubscribe: (filter) => asked.push(`-${filter}`),
    },
    clock,
    random: (count) => new Uint8Array(count).fill(0xff),
  });
  const seen: string[] = [];
  const look = (name: string) => watches.watch("presence/x", (payload) => seen.push(`${name} ${payload.join()}`));
  return {
    watches,
    clock,
    asked,
    seen,
    look,
    answer: (reason: number) => {
      answer(reason);
    },
  };
}

describe("what is watched", () => {
  test("is asked for once, on each connection, until nobody looks", () => {
    const { watches, asked, look } = start();
    const stops = [look("a"), look("b")];
    expect(asked.splice(0)).toEqual(["+presence/x"]);
    watches.closed();
    watches.opened();
    expect(asked.splice(0)).toEqual(["+presence/x"]);
    for (const stop of [...stops, ...stops]) stop();
    expect(asked).toEqual(["-presence/x"]);
    expect(watches.take("presence/x", Uint8Array.of(1))).toBe(false);
  });

  test("is told at once to who looks later, as long as the connection lasts", () => {
    const { watches, seen, look } = start();
    look("a");
    expect(watches.take("presence/x", Uint8Array.of(8, 1))).toBe(true);
    look("b");
    expect(seen).toEqual(["a 8,1", "b 8,1"]);
    watches.closed();
    look("c");
    expect(seen).toHaveLength(2);
  });

  test("is asked for again after a refusal, later each time, and when a conversation is joined", () => {
    const { watches, clock, asked, look, answer } = start();
    look("a");
    for (const pause of [1000, 2000, 4000]) {
      asked.splice(0);
      answer(0x87);
      clock.advance(pause - 1);
      expect(asked).toEqual([]);
      clock.advance(1);
      expect(asked).toEqual(["+presence/x"]);
    }
    asked.splice(0);
    answer(0x87);
    watches.joined();
    expect(asked).toEqual(["+presence/x"]);
    answer(0);
    watches.joined();
    clock.advance(100_000);
    expect(asked).toHaveLength(1);
  });

  test("is asked for again when the server has ended it, which an empty message says", () => {
    const { watches, clock, asked, seen, look } = start();
    look("a");
    watches.take("presence/x", new Uint8Array());
    expect(seen).toEqual(["a "]);
    clock.advance(1000);
    expect(asked).toEqual(["+presence/x", "+presence/x"]);
  });
});
