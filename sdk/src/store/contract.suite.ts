import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { idFromBytes } from "../base/id.ts";
import type { OutboxRow, RecordRow } from "./rows.ts";
import { keyOf } from "./store.ts";
import type { Change, Store } from "./store.ts";

/** A place for stores in a test: opened again, it has what was committed. */
export interface Place {
  open(): Promise<Store>;
  /** Removes it with all that is in it. */
  remove(): Promise<void>;
}

const id = (value: number): string => idFromBytes(new Uint8Array(16).fill(value));
const ada = id(1);

function record(seq: number, body = `m${seq}`): RecordRow {
  return { seq, ts: 1000 + seq, account: ada, device: id(2), id: id(seq % 256), kind: 0, body: Buffer.from(body) };
}

function put(conversation: string, seq: number, body?: string): Change {
  return { type: "put", table: "records", key: [conversation, seq], row: plain(record(seq, body)) };
}

/** Buffers become plain bytes in every store: compare them as such. */
function plain<T extends { body: Uint8Array }>(row: T): T {
  return { ...row, body: new Uint8Array(row.body) };
}

const waiting: OutboxRow = {
  conversation: "x",
  n: 3,
  id: id(9),
  key: "k",
  body: Uint8Array.of(0, 255),
  kind: 0,
  urgency: "normal",
  ts: 5,
};

/** What every store promises. */
export function storeContract(name: string, make: () => Promise<Place>): void {
  describe(`${name}: what every store promises`, () => {
    let place: Place;
    let store: Store;

    beforeEach(async () => {
      place = await make();
      store = await place.open();
    });
    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    const seqs = async (scan: Parameters<Store["scan"]>[2], conversation = "c"): Promise<number[]> =>
      (await store.scan("records", conversation, scan)).map(({ seq }) => seq);

    test("a new one is empty", async () => {
      expect(await store.all("conversations")).toEqual([]);
      expect(await store.scan("records", "c", { limit: 10 })).toEqual([]);
    });

    test("rows come back as they were put, bytes and all", async () => {
      await store.commit([{ type: "put", table: "outbox", key: ["x", 3], row: waiting }, put("c", 1)]);
      expect(await store.all("outbox")).toEqual([waiting]);
      expect(await store.scan("records", "c", { limit: 1 })).toEqual([plain(record(1))]);
    });

    test("what was committed is there when it is opened again", async () => {
      await store.commit([put("c", 1)]);
      await store.close();
      store = await place.open();
      expect(await seqs({ limit: 9 })).toEqual([1]);
    });

    test("a row that is put again is replaced", async () => {
      await store.commit([put("c", 1, "old")]);
      await store.commit([put("c", 1, "new"), put("c", 1, "newest")]);
      const rows = await store.scan("records", "c", { limit: 9 });
      expect(rows.map(({ body }) => Buffer.from(body).toString())).toEqual(["newest"]);
    });

    test("a scan goes by number, both ways, within its bounds and limit, and through one name only", async () => {
      await store.commit([3, 1, 20, 100, 9, 10].map((seq) => put("c", seq)));
      await store.commit([put("b", 5), put("c2", 5), put("", 5)]);
      expect(await seqs({ limit: 99 })).toEqual([1, 3, 9, 10, 20, 100]);
      expect(await seqs({ limit: 3 })).toEqual([1, 3, 9]);
      expect(await seqs({ limit: 3, backwards: true })).toEqual([100, 20, 10]);
      expect(await seqs({ from: 3, to: 20, limit: 99 })).toEqual([3, 9, 10, 20]);
      expect(await seqs({ from: 4, to: 19, limit: 1, backwards: true })).toEqual([10]);
      expect(await seqs({ from: 21, to: 99, limit: 9 })).toEqual([]);
      expect(await seqs({ from: 9, to: 3, limit: 9 })).toEqual([]);
      expect(await seqs({ limit: 0 })).toEqual([]);
    });

    test("all rows of a table come in the order of their keys", async () => {
      await store.commit([put("b", 2), put("a", 10), put("a", 9), put("b", 1)]);
      expect((await store.all("records")).map(({ seq }) => seq)).toEqual([9, 10, 1, 2]);
    });

    test("one row is deleted, or all of a name, and what is not there is nobody's loss", async () => {
      await store.commit([1, 2, 3].map((seq) => put("c", seq)).concat(put("d", 1)));
      await store.commit([{ type: "delete", table: "records", key: ["c", 2] }]);
      await store.commit([{ type: "delete", table: "records", key: ["nobody", 2] }]);
      expect(await seqs({ limit: 9 })).toEqual([1, 3]);
      await store.commit([{ type: "delete_all", table: "records", name: "c" }]);
      expect(await seqs({ limit: 9 })).toEqual([]);
      expect(await seqs({ limit: 9 }, "d")).toEqual([1]);
    });

    test("changes of a commit are applied in their order", async () => {
      await store.commit([put("c", 1), { type: "delete_all", table: "records", name: "c" }, put("c", 2)]);
      expect(await seqs({ limit: 9 })).toEqual([2]);
    });

    test("a commit that cannot be applied leaves nothing behind, and the store goes on", async () => {
      await store.commit([put("c", 1)]);
      const impossible = { ...record(3), body: (() => 0) as never };
      const bad: Change = { type: "put", table: "records", key: ["c", 3], row: impossible };
      await expect(store.commit([put("c", 2), bad, put("c", 4)])).rejects.toThrow();
      expect(await seqs({ limit: 9 })).toEqual([1]);
      await store.commit([put("c", 5)]);
      expect(await seqs({ limit: 9 })).toEqual([1, 5]);
    });

    test("commits that are not waited for are applied in their order", async () => {
      await Promise.all(Array.from({ length: 30 }, (_, at) => store.commit([put("c", 1, `${at}`), put("c", at + 2)])));
      const [row] = await store.scan("records", "c", { limit: 1 });
      expect(Buffer.from(row?.body ?? "").toString()).toBe("29");
      expect(await seqs({ limit: 99 })).toHaveLength(31);
    });

    test("rows belong to who asked: changing one changes nothing in the store", async () => {
      await store.commit([{ type: "put", table: "outbox", key: ["x", 3], row: waiting }]);
      const [row] = await store.all("outbox");
      row?.body.fill(7);
      expect(await store.all("outbox")).toEqual([waiting]);
    });

    test("an empty commit is fine", async () => {
      await store.commit([]);
    });

    test("once closed, everything is rejected", async () => {
      await store.commit([{ type: "put", table: "drafts", key: keyOf("c"), row: { conversation: "c", text: "x" } }]);
      await store.close();
      await expect(store.all("drafts")).rejects.toThrow();
      await expect(store.scan("records", "c", { limit: 1 })).rejects.toThrow();
      await expect(store.commit([put("c", 1)])).rejects.toThrow();
      await store.close();
    });
  });
}
