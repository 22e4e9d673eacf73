import { create, toBinary } from "@bufbuild/protobuf";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { until } from "../../test/support/until.ts";
import { systemRandom } from "../base/clock.ts";
import { bytesOf, idFromBytes } from "../base/id.ts";
import { openWindow } from "../client/window.ts";
import { writeContent } from "../codec/content.ts";
import { kinds } from "../codec/wire.ts";
import { RecordSchema } from "../proto/dunlin_pb.js";
import { memoryStore } from "../store/memory.ts";
import { keyOf } from "../store/store.ts";
import { openBook } from "./book.ts";
import type { Book } from "./book.ts";
import { plainCipher } from "./cipher.ts";
import { addedRow } from "./conversation_row.ts";
import type { Incoming } from "./link.ts";
import { createReceiver } from "./receiver.ts";
import type { ReceiverEvents } from "./receiver.ts";

const idOf = (byte: number): string => idFromBytes(new Uint8Array(16).fill(byte));
const [own, other, chat] = [idOf(1), idOf(2), idOf(3)];

/** A message of somebody as the server sends it. */
function said(seq: number, conversation = chat): Incoming {
  const id = new Uint8Array(16);
  new DataView(id.buffer).setUint32(0, seq);
  const payload = toBinary(
    RecordSchema,
    create(RecordSchema, {
      ...{ seq: BigInt(seq), ts: BigInt(seq), kind: kinds.message, id },
      ...{ account: bytesOf(other), device: bytesOf(other), body: writeContent({ type: "text", text: `m${seq}` }) },
    }),
  );
  return { topic: `c/${conversation}`, payload, ack: seq };
}

describe("a receiver", () => {
  let book: Book;
  const events = { caughtUp: vi.fn(), refresh: vi.fn(), joined: vi.fn(), tell: vi.fn() } satisfies ReceiverEvents;
  beforeEach(async () => {
    const added = { conversation: chat, joinSeq: 1, kind: "group", open: false, name: "" } as const;
    const store = memoryStore();
    const row = addedRow({ ...added, picture: undefined, with: undefined }, undefined);
    await store.commit([
      { type: "put", table: "me", key: keyOf(""), row: { account: own, handle: "ada", device: own, token: "" } },
      { type: "put", table: "conversations", key: keyOf(chat), row },
    ]);
    const opened = await openBook(store, systemRandom, vi.fn());
    if (opened === undefined) throw new Error("nobody is signed in");
    book = opened;
  });

  test("brings what came in one piece into the book as one change", async () => {
    const receiver = createReceiver(book, plainCipher, events);
    const window = openWindow(book, { older: () => Promise.resolve() }, chat);
    await until(window.value, ({ loading }) => !loading, "to be read");
    const shown = new Set<number>();
    window.value.subscribe(() => {
      shown.add(window.value.get().messages.length);
    });
    await receiver.take([2, 3, 4, 5, 6, 7, 8, 9].map((seq) => said(seq)));
    await until(window.value, ({ messages }) => messages.length === 8, "eight messages");
    expect([...shown].filter((count) => count > 0)).toEqual([8]);
  });

  test("passes over what makes no sense, and takes what came before and after it", async () => {
    const receiver = createReceiver(book, plainCipher, events);
    await receiver.take([said(1), { ...said(2), payload: Uint8Array.of(255) }, said(3)]);
    expect(book.conversation(chat)?.have).toEqual([
      [1, 1],
      [3, 3],
    ]);
    expect(events.tell).toHaveBeenCalledWith(expect.objectContaining({ type: "fault" }));
  });

  test("has what came before in the book when it asks for the state because of an unknown conversation", async () => {
    const had: unknown[] = [];
    const refresh = (): Promise<void> => {
      had.push(book.conversation(chat)?.have);
      return Promise.resolve();
    };
    await createReceiver(book, plainCipher, { ...events, refresh }).take([said(1), said(1, idOf(4))]);
    expect(had).toEqual([[[1, 1]]]);
  });
});
