import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { storeContract } from "./contract.suite.ts";
import { deleteIndexedDbStore, indexedDbStore } from "./indexeddb.ts";
import { emptyMemory, memoryStore } from "./memory.ts";
import { sqliteStore } from "./sqlite.ts";

storeContract("memory", () => {
  const memory = emptyMemory();
  return Promise.resolve({ open: () => Promise.resolve(memoryStore(memory)), remove: () => Promise.resolve() });
});

storeContract("IndexedDB", () => {
  const factory = new IDBFactory();
  return Promise.resolve({
    open: () => indexedDbStore("test", factory),
    remove: () => deleteIndexedDbStore("test", factory),
  });
});

storeContract("SQLite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dunlin-store-"));
  return {
    open: () => Promise.resolve(sqliteStore(join(folder, "store.db"))),
    remove: () => rm(folder, { recursive: true }),
  };
});

test("a SQLite file is held by one store at a time", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dunlin-store-"));
  const path = join(folder, "store.db");
  const first = sqliteStore(path);
  await first.commit([{ type: "put", table: "drafts", key: ["c", 0], row: { conversation: "c", text: "x" } }]);
  expect(() => sqliteStore(path)).toThrow(/locked/);
  await first.close();
  await sqliteStore(path).close();
  await rm(folder, { recursive: true });
});
