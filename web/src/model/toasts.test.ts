import { beforeEach, expect, test } from "vitest";
import { fakePlatform, type FakePlatform } from "./fake/platform.ts";
import { toastsOn, type Toasts } from "./toasts.ts";

let platform: FakePlatform;
let toasts: Toasts;

beforeEach(() => {
  platform = fakePlatform({ now: 0 });
  toasts = toastsOn(platform);
});

const shown = (): string | undefined => toasts.current.get()?.text;
const pass = (ms: number): void => {
  platform.clock.advance(ms);
};

test("a toast goes by itself after six seconds", () => {
  toasts.show("Copied");
  pass(5_999);
  expect(shown()).toBe("Copied");
  pass(1);
  expect(shown()).toBeUndefined();
});

test("one that takes the place of another has its whole time", () => {
  toasts.show("Copied");
  pass(5_000);
  toasts.show("Saved");
  pass(5_999);
  expect(shown()).toBe("Saved");
  pass(1);
  expect(shown()).toBeUndefined();
});

test("the same text twice is two toasts", () => {
  toasts.show("Copied");
  const first = toasts.current.get()?.id;
  toasts.show("Copied");
  expect(toasts.current.get()?.id).not.toBe(first);
});

test("one that is looked at stays until that is over, and then its whole time", () => {
  toasts.show("Archived");
  pass(5_000);
  toasts.hold(true);
  pass(60_000);
  expect(shown()).toBe("Archived");
  toasts.hold(false);
  pass(5_999);
  expect(shown()).toBe("Archived");
  pass(1);
  expect(shown()).toBeUndefined();
});

test("what it offers is done once it has gone", () => {
  const done: (string | undefined)[] = [];
  toasts.show("Archived", undefined, { label: "Undo", onSelect: () => done.push(shown()) });
  toasts.current.get()?.action?.onSelect();
  expect(done).toEqual([undefined]);
});

test("what it offers may say something itself, for its whole time", () => {
  toasts.show("Archived", undefined, {
    label: "Undo",
    onSelect: () => {
      toasts.show("Nothing was changed");
    },
  });
  pass(5_000);
  toasts.current.get()?.action?.onSelect();
  pass(5_999);
  expect(shown()).toBe("Nothing was changed");
});

test("one that stays is there again after those that pass", () => {
  toasts.show("A new version", undefined, { label: "Reload", onSelect: () => undefined }, "stays");
  pass(60_000);
  toasts.show("Copied");
  expect(shown()).toBe("Copied");
  pass(6_000);
  expect(shown()).toBe("A new version");
});

test("one that stays stays also after it was looked at", () => {
  toasts.show("A new version", undefined, { label: "Reload", onSelect: () => undefined }, "stays");
  toasts.hold(true);
  toasts.hold(false);
  pass(60_000);
  expect(shown()).toBe("A new version");
});

test("one that stays is gone for good once it was answered", () => {
  toasts.show("A new version", undefined, { label: "Reload", onSelect: () => undefined }, "stays");
  toasts.current.get()?.action?.onSelect();
  toasts.show("Copied");
  pass(6_000);
  expect(shown()).toBeUndefined();
});

test("one that stays outlives the time of the one before it", () => {
  toasts.show("Copied");
  toasts.show("A new version", undefined, { label: "Reload", onSelect: () => undefined }, "stays");
  pass(60_000);
  expect(shown()).toBe("A new version");
});
