import { expect, test, vi } from "vitest";
import { emitter, signalOf } from "./signal.ts";

test("a listener hears of changes, not of the same value again, and nothing after its end", () => {
  const source = signalOf(1);
  const heard = vi.fn();
  const end = source.signal.subscribe(heard);
  source.set(1);
  expect(heard).not.toHaveBeenCalled();
  source.set(2);
  expect(source.signal.get()).toBe(2);
  expect(heard).toHaveBeenCalledTimes(1);
  end();
  source.set(3);
  expect(heard).toHaveBeenCalledTimes(1);
});

test("the same function may listen twice, and each subscription ends by itself", () => {
  const source = signalOf(1);
  const heard = vi.fn();
  const end = source.signal.subscribe(heard);
  source.signal.subscribe(heard);
  end();
  end();
  source.set(2);
  expect(heard).toHaveBeenCalledTimes(1);
});

test("who makes a signal learns whether anybody listens", () => {
  const watched = vi.fn();
  const source = signalOf(1, watched);
  const ends = [source.signal.subscribe(vi.fn()), source.signal.subscribe(vi.fn())];
  expect(watched.mock.calls).toEqual([[true]]);
  for (const end of ends) end();
  expect(watched.mock.calls).toEqual([[true], [false]]);
});

test("a listener that another one ends is not called any more", () => {
  const happened = emitter<number>();
  const heard = vi.fn();
  happened.on(() => {
    end();
  });
  const end = happened.on(heard);
  happened.emit(1);
  expect(heard).not.toHaveBeenCalled();
});
