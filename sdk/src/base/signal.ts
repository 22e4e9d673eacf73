import type { Stop } from "./clock.ts";

/**
 * A value that changes, and tells when it has. It has the shape that React's `useSyncExternalStore` asks for: `get`
 * returns the same object until the value changes.
 */
export interface Signal<T> {
  /** The value now. It is never changed in place. */
  get(): T;
  /** Calls `listener` after each change, until the returned function is called. */
  subscribe(listener: () => void): Stop;
}

/** A signal and the means to change it. */
export interface Source<T> {
  readonly signal: Signal<T>;
  /** Listeners are told unless `value` is what it was (`Object.is`). */
  set(value: T): void;
}

/** Makes a signal. `watched` is called with true for the first listener, and with false after the last has gone. */
export function signalOf<T>(initial: T, watched?: (yes: boolean) => void): Source<T> {
  let value = initial;
  const listeners = new Set<{ readonly call: () => void }>();
  return {
    signal: {
      get: () => value,
      subscribe: (listener) => {
        const entry = { call: listener };
        listeners.add(entry);
        if (listeners.size === 1) watched?.(true);
        return () => {
          if (listeners.delete(entry) && listeners.size === 0) watched?.(false);
        };
      },
    },
    set: (next) => {
      if (Object.is(value, next)) return;
      value = next;
      for (const entry of [...listeners]) if (listeners.has(entry)) entry.call();
    },
  };
}

/** Listeners of things that happen, where there is no value to keep. */
export interface Emitter<T> {
  on(listener: (event: T) => void): Stop;
  emit(event: T): void;
}

/** Makes an emitter. */
export function emitter<T>(): Emitter<T> {
  const listeners = new Set<{ readonly call: (event: T) => void }>();
  return {
    on: (listener) => {
      const entry = { call: listener };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    emit: (event) => {
      for (const entry of [...listeners]) if (listeners.has(entry)) entry.call(event);
    },
  };
}
