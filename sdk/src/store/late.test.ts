import { expect, test } from "vitest";
import type { Locks } from "../base/locks.ts";
import { storeContract } from "./contract.suite.ts";
import { lateStore } from "./late.ts";
import { emptyMemory, memoryStore } from "./memory.ts";

/** A lock that one holds after the other. */
function oneLock(): Locks {
  let last: Promise<unknown> = Promise.resolve();
  const request = (_: string, held: () => Promise<unknown>): Promise<unknown> => {
    last = last.then(held);
    return last;
  };
  return { request: request as Locks["request"] };
}

storeContract("a store that is being opened", () => {
  const memory = emptyMemory();
  const locks = oneLock();
  return Promise.resolve({
    open: () => Promise.resolve(lateStore({ open: () => Promise.resolve(memoryStore(memory)), lock: "store", locks })),
    remove: () => Promise.resolve(),
  });
});

test("a store is opened when the one before has closed it", async () => {
  const memory = emptyMemory();
  const locks = oneLock();
  const opened: string[] = [];
  const open = (name: string) =>
    lateStore({
      open: () => {
        opened.push(name);
        return Promise.resolve(memoryStore(memory));
      },
      lock: "store",
      locks,
    });
  const [first, second] = [open("first"), open("second")];
  const read = second.all("drafts");
  await first.commit([{ type: "put", table: "drafts", key: ["c", 0], row: { conversation: "c", text: "x" } }]);
  expect(opened).toEqual(["first"]);
  await first.close();
  expect(await read).toEqual([{ conversation: "c", text: "x" }]);
  expect(opened).toEqual(["first", "second"]);
});

test("what is asked of a store that cannot be opened is rejected, and it can be closed", async () => {
  const store = lateStore({ open: () => Promise.reject(new Error("no room")) });
  await expect(store.all("me")).rejects.toThrow("no room");
  await expect(store.commit([])).rejects.toThrow("no room");
  await store.close();
});
