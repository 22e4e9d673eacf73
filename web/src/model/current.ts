import { source, type Signal } from "../base/signal.ts";

/** A model that lives as long as its key is the current one. */
export interface Current<T> {
  readonly value: Signal<T | undefined>;
  readonly end: () => void;
}

/** Makes a model when its key comes, and ends it when another key or none takes its place. */
export function currentOf<K, T extends { readonly end?: () => void }>(
  key: Signal<K | undefined>,
  same: (left: K, right: K) => boolean,
  make: (key: K) => T,
): Current<T> {
  const value = source<T | undefined>(undefined);
  let held: K | undefined;
  const look = (): void => {
    const next = key.get();
    if (next !== undefined && held !== undefined && same(next, held)) return;
    if (next === undefined && held === undefined) return;
    const before = value.get();
    held = next;
    value.set(next === undefined ? undefined : make(next));
    before?.end?.();
  };
  const stop = key.subscribe(look);
  look();
  return {
    value,
    end: () => {
      stop();
      value.get()?.end?.();
      value.set(undefined);
    },
  };
}
