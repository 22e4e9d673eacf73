import { beforeEach, describe, expect, test, vi } from "vitest";
import { systemRandom } from "../base/clock.ts";
import { idFromBytes } from "../base/id.ts";
import type { Ranges } from "../base/ranges.ts";
import { until } from "../../test/support/until.ts";
import { writeContent } from "../codec/content.ts";
import type { ConversationRow, RecordRow } from "../store/rows.ts";
import { memoryStore } from "../store/memory.ts";
import { keyOf } from "../store/store.ts";
import { openBook } from "../sync/book.ts";
import type { Book } from "../sync/book.ts";
import { addedRow } from "../sync/conversation_row.ts";
import { openWindow } from "./window.ts";
import type { Window } from "./window.ts";

const id = "c".repeat(26);
const own = idFromBytes(new Uint8Array(16).fill(1));
const other = idFromBytes(new Uint8Array(16).fill(2));

function record(seq: number, account = other): RecordRow {
  const body = writeContent({ type: "text", text: `m${seq}` });
  return { seq, ts: seq, account, device: account, id: `${seq}`.padStart(26, "a"), kind: 0, body };
}

function row(head: number, have: Ranges): ConversationRow {
  const added = {
    conversation: id,
    joinSeq: 1,
    kind: "group",
    open: false,
    name: "",
    picture: undefined,
    with: undefined,
  } as const;
  return { ...addedRow(added, undefined), head, have, cursor: head };
}

async function bookWith(head: number, seqs: readonly number[], have: Ranges = [[1, head]]): Promise<Book> {
  const store = memoryStore();
  await store.commit([
    { type: "put", table: "me", key: keyOf(""), row: { account: own, handle: "ada", device: own, token: "" } },
    { type: "put", table: "conversations", key: keyOf(id), row: row(head, have) },
    ...seqs.map((seq) => ({ type: "put", table: "records", key: [id, seq], row: record(seq) }) as const),
  ]);
  const book = await openBook(store, systemRandom, vi.fn());
  if (book === undefined) throw new Error("nobody is signed in");
  return book;
}

const counting = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);
const seqsOf = (window: Window): (number | undefined)[] => window.value.get().messages.map(({ seq }) => seq);
const settled = (window: Window) => until(window.value, ({ loading }) => !loading, "to be read");

describe("a window", () => {
  let book: Book;
  let window: Window;
  beforeEach(async () => {
    book = await bookWith(1000, counting(1000));
    window = openWindow(book, { older: () => Promise.resolve() }, id);
    window.value.subscribe(vi.fn());
    await settled(window);
  });

  test("opens at the end", () => {
    expect(seqsOf(window).at(-1)).toBe(1000);
    expect(window.value.get()).toMatchObject({ hasOlder: true, hasNewer: false });
  });

  test("never holds more than a few hundred, whichever way it is moved, and leaves nothing out", async () => {
    const seen = new Set<number | undefined>();
    let largest = 0;
    const look = (): void => {
      const seqs = seqsOf(window);
      largest = Math.max(largest, seqs.length);
      for (const seq of seqs) seen.add(seq);
      expect(seqs).toEqual(counting(seqs.length).map((at) => at - 1 + (seqs[0] ?? 0)));
    };
    while (window.value.get().hasOlder) {
      await window.older();
      await settled(window);
      look();
    }
    expect(seqsOf(window)[0]).toBe(1);
    expect(window.value.get().hasNewer).toBe(true);
    while (window.value.get().hasNewer) {
      await window.newer();
      await settled(window);
      look();
    }
    expect(seqsOf(window).at(-1)).toBe(1000);
    expect(seen.size).toBe(1000);
    expect(largest).toBeLessThan(500);
  });

  test("new messages push out the oldest while its end is looked at", async () => {
    for (let seq = 1001; seq <= 1600; seq++) book.addRecord(id, record(seq));
    await until(window.value, ({ messages }) => messages.at(-1)?.seq === 1600, "1600");
    expect(seqsOf(window).length).toBeLessThan(500);
  });

  test("and leave what is looked at alone otherwise", async () => {
    window.follow(false);
    const first = seqsOf(window)[0];
    for (let seq = 1001; seq <= 1600; seq++) book.addRecord(id, record(seq));
    await until(window.value, ({ hasNewer }) => hasNewer, "newer ones");
    expect(seqsOf(window)[0]).toBe(first);
    while (window.value.get().hasNewer) {
      await window.newer();
      await settled(window);
    }
    expect(seqsOf(window).at(-1)).toBe(1600);
  });

  test("messages that did not change stay the same objects", async () => {
    const before = window.value.get().messages;
    book.addRecord(id, record(1001));
    const { messages } = await until(window.value, (value) => value.messages.at(-1)?.seq === 1001, "1001");
    expect(messages.slice(0, -1).every((message, at) => message === before[at])).toBe(true);
  });

  test("goes back to the end at once, wherever it was", async () => {
    for (let round = 0; round < 8; round++) await window.older();
    await window.latest();
    await settled(window);
    expect(seqsOf(window).at(-1)).toBe(1000);
    expect(window.value.get().hasNewer).toBe(false);
  });
});

describe("a window on a conversation with holes", () => {
  test("asks for what is missing, and shows what is there if it cannot be had", async () => {
    const book = await bookWith(100, counting(100).slice(90), [[91, 100]]);
    const older = vi.fn(() => Promise.reject(new Error("offline")));
    const window = openWindow(book, { older }, id);
    window.value.subscribe(vi.fn());
    await settled(window);
    expect(seqsOf(window)).toEqual(counting(100).slice(90));
    expect(window.value.get().hasOlder).toBe(true);
    expect(older).toHaveBeenCalledWith(id, 101);
  });

  test("fills its first page by itself once what is missing comes", async () => {
    const book = await bookWith(100, counting(100).slice(90), [[91, 100]]);
    const window = openWindow(book, { older: () => Promise.reject(new Error("offline")) }, id);
    window.value.subscribe(vi.fn());
    await settled(window);
    for (const seq of counting(90).reverse()) book.addRecord(id, record(seq));
    await until(window.value, ({ messages }) => messages.length >= 60, "a page");
    expect(seqsOf(window).at(-1)).toBe(100);
  });

  test("shows records that come late in their place", async () => {
    const book = await bookWith(0, [], []);
    const window = openWindow(book, { older: () => Promise.resolve() }, id);
    window.value.subscribe(vi.fn());
    for (const seq of [1, 2, 10, 5, 4]) book.addRecord(id, record(seq));
    await until(window.value, ({ messages }) => messages.length === 5, "five messages");
    expect(seqsOf(window)).toEqual([1, 2, 4, 5, 10]);
  });

  const missed = async (older: Parameters<typeof openWindow>[1]["older"]): Promise<[Book, Window]> => {
    const book = await bookWith(100, counting(100));
    const window = openWindow(book, { older }, id);
    window.value.subscribe(vi.fn());
    await settled(window);
    return [book, window];
  };
  const newest = counting(500).slice(480);

  test("shows the newest alone where they come before many that were missed, and the others once they are there", async () => {
    const [book, window] = await missed(() => Promise.reject(new Error("offline")));
    for (const seq of newest) book.addRecord(id, record(seq));
    await until(window.value, ({ messages }) => messages.at(-1)?.seq === 500, "500");
    expect(seqsOf(window)).toEqual(newest);
    expect(window.value.get()).toMatchObject({ hasOlder: true, hasNewer: false });
    for (const seq of counting(480).slice(100)) book.addRecord(id, record(seq));
    await until(window.value, ({ messages }) => messages.length >= 60, "a page");
    expect(seqsOf(window)).toEqual(counting(500).slice(500 - seqsOf(window).length));
  });

  test("leaves what is looked at where the newest come before many that were missed, and comes to them without a gap", async () => {
    let online = false;
    const [book, window] = await missed((_, before) => {
      if (!online) return Promise.reject(new Error("offline"));
      for (const seq of counting(before - 1).slice(-100)) book.addRecord(id, record(seq));
      return Promise.resolve();
    });
    window.follow(false);
    const before = seqsOf(window);
    for (const seq of newest) book.addRecord(id, record(seq));
    await until(window.value, ({ hasNewer }) => hasNewer, "newer ones");
    await window.newer();
    await settled(window);
    expect(seqsOf(window)).toEqual(before);
    online = true;
    while (window.value.get().hasNewer) {
      await window.newer();
      await settled(window);
      const seqs = seqsOf(window);
      expect(seqs).toEqual(counting(seqs.length).map((at) => at - 1 + (seqs[0] ?? 0)));
    }
    expect(seqsOf(window).at(-1)).toBe(500);
  });

  test("holds no more than a few hundred when many come late in their place", async () => {
    const [book, window] = await missed(() => Promise.resolve());
    // Each second one: there are never many missing in a row.
    for (const seq of counting(900).filter((one) => one % 2 === 0)) book.addRecord(id, record(seq));
    for (const seq of counting(900)) book.addRecord(id, record(seq));
    await until(window.value, ({ messages }) => messages.at(-1)?.seq === 900, "900");
    expect(seqsOf(window).length).toBeLessThan(500);
    expect(seqsOf(window)).toEqual(counting(900).slice(900 - seqsOf(window).length));
  });
});
