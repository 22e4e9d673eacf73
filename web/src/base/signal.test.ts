import { expect, test, vi } from "vitest";
import { computed, remembered, source } from "./signal.ts";

test("a source tells its listeners of changes only, and not after they have ended", () => {
  const number = source(1);
  const listener = vi.fn();
  const end = number.subscribe(listener);
  number.set(1);
  expect(listener).not.toHaveBeenCalled();
  number.update((value) => value + 1);
  expect(listener).toHaveBeenCalledTimes(1);
  end();
  number.set(5);
  expect(listener).toHaveBeenCalledTimes(1);
});

test("a computed signal returns the same object until something it read changes", () => {
  const number = source(1);
  const other = source("x");
  const boxed = computed((read) => ({ number: read(number) }));
  const first = boxed.get();
  other.set("y");
  expect(boxed.get()).toBe(first);
  number.set(2);
  expect(boxed.get()).toEqual({ number: 2 });
});

test("a computed signal follows what it read last", () => {
  const which = source<"left" | "right">("left");
  const left = source("l");
  const right = source("r");
  const chosen = computed((read) => read(read(which) === "left" ? left : right));
  const listener = vi.fn();
  const end = chosen.subscribe(listener);
  right.set("R");
  expect(listener).not.toHaveBeenCalled();
  which.set("right");
  expect(chosen.get()).toBe("R");
  right.set("RR");
  left.set("L");
  expect(listener).toHaveBeenCalledTimes(2);
  end();
  right.set("last");
  expect(listener).toHaveBeenCalledTimes(2);
  expect(chosen.get()).toBe("last");
});

test("a computed signal does not tell of a change that leaves its value as it was", () => {
  const number = source(1);
  const even = computed((read) => read(number) % 2 === 0);
  const listener = vi.fn();
  even.subscribe(listener);
  number.set(3);
  expect(listener).not.toHaveBeenCalled();
  number.set(4);
  expect(listener).toHaveBeenCalledTimes(1);
});

test("computed signals stand on each other", () => {
  const number = source(2);
  const square = computed((read) => read(number) ** 2);
  const text = computed((read) => `${read(square)}`);
  const heard: string[] = [];
  text.subscribe(() => heard.push(text.get()));
  number.set(-2);
  number.set(3);
  expect(heard).toEqual(["9"]);
});

test("who asks for a computed signal between a change and its news does not keep the news from its listeners", () => {
  const number = source(1);
  const square = computed((read) => read(number) ** 2);
  // The first listener of the source asks before the computed signal itself has heard of the change.
  const early: number[] = [];
  number.subscribe(() => early.push(square.get()));
  const heard: number[] = [];
  square.subscribe(() => heard.push(square.get()));
  number.set(3);
  expect(early).toEqual([9]);
  expect(heard).toEqual([9]);
});

test("that holds as well where the early question makes it let go of what has changed", async () => {
  const open = source(true);
  const number = source(1);
  const shown = computed((read) => (read(open) && read(number) < 5 ? read(number) : "closed"));
  number.subscribe(() => {
    open.set(false);
    shown.get();
  });
  const heard: unknown[] = [];
  shown.subscribe(() => heard.push(shown.get()));
  number.set(9);
  await Promise.resolve();
  expect(heard).toEqual(["closed"]);
});

test("what was made of an object is remembered", () => {
  const double = remembered((box: { readonly n: number }) => ({ n: box.n * 2 }));
  const box = { n: 4 };
  expect(double(box)).toBe(double(box));
  expect(double(box)).toEqual({ n: 8 });
  expect(double({ n: 4 })).not.toBe(double(box));
});
