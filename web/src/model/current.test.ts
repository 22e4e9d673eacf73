import { expect, test } from "vitest";
import { source } from "../base/signal.ts";
import { currentOf } from "./current.ts";

interface Key {
  readonly id: string;
}

interface Model {
  readonly id: string;
  readonly end: () => void;
}

function made(first?: Key): ReturnType<typeof currentOf<Key, Model>> & {
  readonly key: ReturnType<typeof source<Key | undefined>>;
  readonly log: string[];
} {
  const key = source<Key | undefined>(first);
  const log: string[] = [];
  const current = currentOf<Key, Model>(
    key,
    (left, right) => left.id === right.id,
    ({ id }) => {
      log.push(`made ${id}`);
      return { id, end: () => log.push(`ended ${id}`) };
    },
  );
  return { ...current, key, log };
}

test("a model is made for a key that is there already", () => {
  expect(made({ id: "a" }).value.get()?.id).toBe("a");
});

test("without a key there is none", () => {
  const { value, log } = made();
  expect(value.get()).toBeUndefined();
  expect(log).toEqual([]);
});

test("it stays the same model as long as the key means the same", () => {
  const { value, key, log } = made({ id: "a" });
  const before = value.get();
  key.set({ id: "a" });
  expect(value.get()).toBe(before);
  expect(log).toEqual(["made a"]);
});

test("one that another takes the place of has ended once, after that is there", () => {
  const { value, key, log } = made({ id: "a" });
  key.set({ id: "b" });
  expect(value.get()?.id).toBe("b");
  expect(log).toEqual(["made a", "made b", "ended a"]);
});

test("nobody sees a model that has ended", () => {
  const { value, key, log } = made({ id: "a" });
  const seen: string[] = [];
  value.subscribe(() => seen.push(`${value.get()?.id ?? "none"} after ${log.at(-1) ?? ""}`));
  key.set({ id: "b" });
  key.set(undefined);
  expect(seen).toEqual(["b after made b", "none after ended a"]);
});

test("a key that comes back makes a new model", () => {
  const { value, key } = made({ id: "a" });
  const before = value.get();
  key.set(undefined);
  expect(value.get()).toBeUndefined();
  key.set({ id: "a" });
  expect(value.get()).not.toBe(before);
});

test("its end is that of the model, and no key makes another", () => {
  const { value, key, log, end } = made({ id: "a" });
  end();
  expect(value.get()).toBeUndefined();
  key.set({ id: "b" });
  expect(log).toEqual(["made a", "ended a"]);
});
