import { describe, expect, test, vi } from "vitest";
import type { Clock } from "../base/clock.ts";
import { systemRandom } from "../base/clock.ts";
import { idFromBytes } from "../base/id.ts";
import { memoryStore } from "../store/memory.ts";
import { openBook } from "./book.ts";
import type { Book } from "./book.ts";
import { plainCipher } from "./cipher.ts";
import { addedRow } from "./conversation_row.ts";
import type { LinkAnswer } from "./link.ts";
import { createSender } from "./sender.ts";

const conversation = idFromBytes(new Uint8Array(16).fill(7));
const own = idFromBytes(new Uint8Array(16).fill(1));

async function bookOf(): Promise<Book> {
  const store = memoryStore();
  const me = { account: own, handle: "ada", device: own, token: "t" };
  await store.commit([{ type: "put", table: "me", key: ["", 0], row: me }]);
  const book = await openBook(store, systemRandom, vi.fn());
  if (book === undefined) throw new Error("nobody is signed in");
  book.put(
    addedRow(
      { conversation, joinSeq: 1, kind: "group", open: false, name: "", picture: undefined, with: undefined },
      undefined,
    ),
  );
  return book;
}

/** A sender on a link that is open, and what it has asked for so far. */
async function made(clock: Clock, find = (): Promise<boolean> => Promise.resolve(false)) {
  const book = await bookOf();
  const asked: { readonly topic: string; readonly answer: (answer: LinkAnswer) => void }[] = [];
  const ask = (topic: string, _: Uint8Array, answer: (answer: LinkAnswer | undefined) => void): boolean => {
    asked.push({ topic, answer });
    return true;
  };
  const parts = { book, link: { ask }, cipher: plainCipher, clock, find, lacks: vi.fn(), fault: vi.fn() };
  const sender = createSender(parts);
  sender.open();
  const say = (): void => {
    const n = book.nextPlace();
    const id = book.stamp(clock.now());
    const row = { conversation, n, id, key: id, body: new Uint8Array([1]), kind: 0, urgency: "normal", ts: 0 } as const;
    book.outbox.add(row);
    book.putOutbox(row);
    sender.wake();
  };
  return { book, asked, say, sender };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const busy: LinkAnswer = { reason: 0x97, properties: { reasonString: "busy" } };

/**
 * Platforms' timers come a little early, and time goes on while a program looks at it: here each look takes `step`, and a
 * timer comes `early`, in milliseconds.
 */
function coarse(early: number, step: number) {
  let time = 1_000_000;
  let timers: { readonly at: number; readonly then: () => void }[] = [];
  return {
    now: () => (time += step),
    after: (ms: number, then: () => void) => {
      const timer = { at: time + Math.max(1, ms - early), then };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    /** Goes on to the next timer. */
    next: () => {
      const [first] = timers.sort((left, right) => left.at - right.at);
      if (first === undefined) return;
      timers = timers.slice(1);
      time = Math.max(time, first.at);
      first.then();
    },
  };
}

describe("what was refused for a while goes out again by itself", () => {
  const clocks = Array.from({ length: 12 }, (_, at) => [at / 4 + 0.1, 0.25] as const);

  test.each(clocks)("S3 a message, where timers come %d ms early and a look takes %d ms", async (early, step) => {
    const clock = coarse(early, step);
    const { asked, say } = await made(clock);
    say();
    await settled();
    expect(asked).toHaveLength(1);
    asked[0]?.answer(busy);
    for (let round = 0; round < 20; round++) {
      await settled();
      clock.next();
    }
    await settled();
    expect(asked.map(({ topic }) => topic)).toEqual([`c/${conversation}/send`, `c/${conversation}/send`]);
  });

  test.each(clocks)("a mark, where timers come %d ms early and a look takes %d ms", async (early, step) => {
    const clock = coarse(early, step);
    const { book, asked, sender } = await made(clock);
    const row = book.conversation(conversation);
    if (row !== undefined) book.put({ ...row, head: 5, read: 5 });
    sender.wake();
    await settled();
    expect(asked).toHaveLength(1);
    asked[0]?.answer(busy);
    for (let round = 0; round < 20; round++) {
      await settled();
      clock.next();
    }
    await settled();
    expect(asked.map(({ topic }) => topic)).toEqual([`c/${conversation}/receipt`, `c/${conversation}/receipt`]);
  });

  test("S3 a stale message, when the conversation could not be read", async () => {
    const answers = [Promise.reject<boolean>(new Error("offline")), Promise.resolve(false)];
    answers[0]?.catch(() => undefined);
    const clock = coarse(0, 0);
    const { book, asked, say } = await made(clock, () => answers.shift() ?? Promise.resolve(false));
    say();
    await settled();
    const [{ id } = { id: "" }] = book.outbox.rows(conversation);
    const stale: LinkAnswer = { reason: 0x83, properties: { reasonString: "stale" } };
    asked[0]?.answer(stale);
    await settled();
    clock.next();
    await settled();
    expect(asked).toHaveLength(2);
    expect(book.outbox.rows(conversation)[0]?.id).toBe(id);
    asked[1]?.answer(stale);
    await settled();
    expect(asked).toHaveLength(3);
    expect(book.outbox.rows(conversation)[0]?.id).not.toBe(id);
  });
});
