import type { Stop } from "../../src/base/clock.ts";
import type { Signal } from "../../src/base/signal.ts";

/** How long anything may take, in milliseconds. Tests wait for things to be so, and not for times. */
const limit = 60_000;

/** Resolves with a signal's value once it is as wanted. Rejects after a minute, with what it was last. */
export function until<T>(signal: Signal<T>, wanted: (value: T) => boolean, what = wanted.toString()): Promise<T> {
  return new Promise((resolve, reject) => {
    let stop: Stop | undefined;
    const timer = setTimeout(() => {
      stop?.();
      reject(new Error(`waited for ${what}; it is ${JSON.stringify(signal.get()).slice(0, 1000)}`));
    }, limit);
    const look = (): void => {
      const value = signal.get();
      if (!wanted(value)) return;
      clearTimeout(timer);
      stop?.();
      resolve(value);
    };
    stop = signal.subscribe(look);
    queueMicrotask(look);
  });
}
