/** A value that changes, and tells when it has. The SDK's signals have this shape, and React's `useSyncExternalStore` asks for it. */
export interface Signal<T> {
  /** The value now: the same object until it changes. */
  readonly get: () => T;
  /** Calls `listener` after each change, until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** A signal that its owner sets. */
export interface Source<T> extends Signal<T> {
  /** Listeners are told unless `value` is what it was (`Object.is`). */
  readonly set: (value: T) => void;
  readonly update: (change: (value: T) => T) => void;
}

export function source<T>(initial: T): Source<T> {
  let value = initial;
  const listeners = new Set<{ readonly call: () => void }>();
  const set = (next: T): void => {
    if (Object.is(value, next)) return;
    value = next;
    for (const entry of [...listeners]) if (listeners.has(entry)) entry.call();
  };
  return {
    get: () => value,
    set,
    update: (change) => {
      set(change(value));
    },
    subscribe: (listener) => {
      const entry = { call: listener };
      listeners.add(entry);
      return () => {
        listeners.delete(entry);
      };
    },
  };
}

/** Reads another signal within {@link computed}, which then changes with it. */
export type Read = <T>(signal: Signal<T>) => T;

/**
 * A signal made of others: of all that `compute` reads, which may differ from time to time. While somebody listens it
 * listens, too, and computes once per change; while nobody does it computes when it is asked and something has changed.
 */
export function computed<T>(compute: (read: Read) => T): Signal<T> {
  let value: T;
  let known = false;
  /** What listeners were told last. */
  let told: T | undefined;
  let seen = new Map<Signal<unknown>, unknown>();
  let ends = new Map<Signal<unknown>, () => void>();
  const listeners = new Set<{ readonly call: () => void }>();

  const current = (): boolean => known && [...seen].every(([signal, before]) => Object.is(signal.get(), before));

  const evaluate = (): void => {
    const read = new Map<Signal<unknown>, unknown>();
    value = compute((signal) => {
      const now = signal.get();
      read.set(signal, now);
      return now;
    });
    known = true;
    seen = read;
    if (listeners.size > 0) follow();
  };

  const follow = (): void => {
    const next = new Map<Signal<unknown>, () => void>();
    for (const signal of seen.keys()) next.set(signal, ends.get(signal) ?? signal.subscribe(changed));
    for (const [signal, end] of ends) if (!next.has(signal)) end();
    ends = next;
  };

  const get = (): T => {
    if (current()) return value;
    evaluate();
    // Who asks between a change and its news must not keep the news from the others.
    if (listeners.size > 0 && !Object.is(value, told)) queueMicrotask(changed);
    return value;
  };

  const changed = (): void => {
    if (listeners.size === 0) return;
    const now = get();
    if (Object.is(now, told)) return;
    told = now;
    for (const entry of [...listeners]) if (listeners.has(entry)) entry.call();
  };

  return {
    get,
    subscribe: (listener) => {
      const entry = { call: listener };
      listeners.add(entry);
      if (listeners.size === 1) {
        told = get();
        follow();
      }
      return () => {
        listeners.delete(entry);
        if (listeners.size > 0) return;
        for (const end of ends.values()) end();
        ends = new Map();
      };
    },
  };
}

/** Remembers what `make` made of an object, for as long as the object lives: same in, same out. */
export function remembered<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}
