import { describe, expect, test, vi } from "vitest";
import { memoryStore } from "../store/memory.ts";
import { keyOf } from "../store/store.ts";
import type { Change, Store } from "../store/store.ts";
import { createJournal } from "./journal.ts";

const draft = (name: string, text: string): Change => ({
  type: "put",
  table: "drafts",
  key: keyOf(name),
  row: { conversation: name, text },
});

/** A store whose commits wait to be let through. */
function heldStore(): { store: Store; commits: Change[][]; release: () => void } {
  const inner = memoryStore();
  const commits: Change[][] = [];
  let held: (() => void)[] = [];
  const commit = async (changes: readonly Change[]): Promise<void> => {
    commits.push([...changes]);
    await new Promise<void>((resolve) => held.push(resolve));
    await inner.commit(changes);
  };
  const release = (): void => {
    for (const go of held) go();
    held = [];
  };
  return { store: { ...inner, commit }, commits, release };
}

describe("the journal", () => {
  test("what is added at a time is one commit, and what is added meanwhile is the next", async () => {
    const { store, commits, release } = heldStore();
    const journal = createJournal(store, vi.fn());
    journal.add(draft("a", "1"));
    journal.add(draft("b", "1"));
    await vi.waitFor(() => {
      expect(commits).toHaveLength(1);
    });
    journal.add(draft("c", "1"));
    journal.add(draft("d", "1"));
    release();
    await vi.waitFor(() => {
      expect(commits).toHaveLength(2);
    });
    expect(commits.map((changes) => changes.length)).toEqual([2, 2]);
    release();
    await journal.flush();
  });

  test("of one row only the last state is written, in its place", async () => {
    const store = memoryStore();
    const commit = vi.spyOn(store, "commit");
    const journal = createJournal(store, vi.fn());
    journal.add(draft("a", "1"));
    journal.add(draft("b", "1"));
    journal.add(draft("a", "2"));
    await journal.flush();
    expect(commit.mock.calls).toEqual([[[draft("b", "1"), draft("a", "2")]]]);
  });

  test("a row that is put after all of its name were deleted stays", async () => {
    const store = memoryStore();
    const journal = createJournal(store, vi.fn());
    journal.add(draft("a", "1"));
    journal.add({ type: "delete_all", table: "drafts", name: "a" });
    journal.add(draft("a", "2"));
    await journal.flush();
    expect(await store.all("drafts")).toEqual([{ conversation: "a", text: "2" }]);
  });

  test("D6 what waits for the store happens only once the commit is done", async () => {
    const { store, commits, release } = heldStore();
    const journal = createJournal(store, vi.fn());
    const acknowledge = vi.fn();
    journal.add(draft("a", "1"));
    journal.then(acknowledge);
    await vi.waitFor(() => {
      expect(commits).toHaveLength(1);
    });
    expect(acknowledge).not.toHaveBeenCalled();
    release();
    await journal.flush();
    expect(acknowledge).toHaveBeenCalledTimes(1);
  });

  test("D6 after a failure nothing is acknowledged, nothing more is written, and it is told once", async () => {
    const store = memoryStore();
    const full = new Error("no space");
    vi.spyOn(store, "commit").mockRejectedValue(full);
    const failed = vi.fn();
    const acknowledge = vi.fn();
    const journal = createJournal(store, failed);
    journal.add(draft("a", "1"));
    journal.then(acknowledge);
    await expect(journal.flush()).rejects.toBe(full);
    journal.add(draft("b", "1"));
    journal.then(acknowledge);
    await expect(journal.flush()).rejects.toBe(full);
    expect(failed.mock.calls).toEqual([[full]]);
    expect(acknowledge).not.toHaveBeenCalled();
    expect(store.commit).toHaveBeenCalledTimes(1);
  });
});
