import { create, toBinary } from "@bufbuild/protobuf";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { systemRandom } from "../base/clock.ts";
import { bytesOf, idFromBytes } from "../base/id.ts";
import type { Id } from "../base/id.ts";
import { writeContent } from "../codec/content.ts";
import { Kind, RecordSchema } from "../proto/dunlin_pb.js";
import { memoryStore } from "../store/memory.ts";
import { keyOf } from "../store/store.ts";
import { openBook } from "./book.ts";
import type { Book } from "./book.ts";
import { plainCipher } from "./cipher.ts";
import type { Cipher } from "./cipher.ts";
import { addedRow } from "./conversation_row.ts";
import type { Incoming } from "./link.ts";
import { createReceiver } from "./receiver.ts";
import type { Receiver, ReceiverEvents } from "./receiver.ts";

const id = (value: number): Id => idFromBytes(new Uint8Array(16).fill(value));
const [own, other, conversation, unknown] = [id(1), id(2), id(3), id(4)];

function row(of: Id) {
  const added = { conversation: of, kind: "group", open: false, name: "" } as const;
  return addedRow({ ...added, joinSeq: 1, picture: undefined, with: undefined }, undefined);
}

/** Messages as they come on the topic of a conversation. */
function burst(of: Id, count: number): readonly Incoming[] {
  return Array.from({ length: count }, (_, at) => {
    const body = writeContent({ type: "text", text: `m${at + 1}` });
    const fields = {
      account: bytesOf(other),
      device: bytesOf(other),
      id: bytesOf(id(100 + at)),
      kind: Kind.MESSAGE,
      body,
    };
    const record = create(RecordSchema, { ...fields, seq: BigInt(at + 1), ts: BigInt(at + 1) });
    return { topic: `c/${of}`, payload: toBinary(RecordSchema, record), ack: at + 1 };
  });
}

describe("a burst", () => {
  let book: Book;
  beforeEach(async () => {
    const store = memoryStore();
    await store.commit([
      { type: "put", table: "me", key: keyOf(""), row: { account: own, handle: "ada", device: own, token: "" } },
      { type: "put", table: "conversations", key: keyOf(conversation), row: row(conversation) },
    ]);
    const opened = await openBook(store, systemRandom, vi.fn());
    if (opened === undefined) throw new Error("nobody is signed in");
    book = opened;
  });
  const receiverOf = (cipher: Cipher, events: Partial<ReceiverEvents> = {}): Receiver =>
    createReceiver(book, cipher, {
      caughtUp: vi.fn(),
      refresh: () => Promise.resolve(),
      joined: vi.fn(),
      tell: vi.fn(),
      ...events,
    });
  const headOf = (of: Id): number | undefined => book.conversation(of)?.head;

  test.each([
    ["", plainCipher],
    [", though the cipher takes its time", { ...plainCipher, open: (_, { body }) => Promise.resolve(body) }],
  ] as readonly [string, Cipher][])("is one change of what is shown%s", async (_, cipher) => {
    const shown: (number | undefined)[] = [];
    let due = false;
    // As windows and lists do: once for all that changes in one turn.
    book.changed.on(() => {
      if (due) return;
      due = true;
      queueMicrotask(() => {
        due = false;
        shown.push(headOf(conversation));
      });
    });
    await receiverOf(cipher).take(burst(conversation, 20));
    expect(shown).toEqual([20]);
  });

  test("stays in order where the cipher takes its time", async () => {
    const seqs: number[] = [];
    book.changed.on((change) => {
      if (change.type === "record") seqs.push(change.record.seq);
    });
    const slow: Cipher = { ...plainCipher, open: async (_, record) => Promise.resolve(record.body) };
    await receiverOf(slow).take(burst(conversation, 20));
    expect(seqs).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
  });

  test("of a conversation that nobody spoke of comes after the state of the account", async () => {
    const refresh = vi.fn(() => {
      book.put(row(unknown));
      return Promise.resolve();
    });
    await receiverOf(plainCipher, { refresh }).take(burst(unknown, 3));
    expect(refresh).toHaveBeenCalledOnce();
    expect(headOf(unknown)).toBe(3);
  });
});
