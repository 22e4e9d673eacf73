import type { Signal } from "../base/signal.ts";
import type { Clock } from "../model/platform.ts";

/** The outlines of what comes are drawn only if it takes longer than this, in milliseconds. */
const longest = 300;

/**
 * Resolves once the page can be drawn as it will stand. What the device has is there within a moment, and a page that is drawn once
 * stands sooner than one that is drawn as outlines first, then with the list, then with the messages.
 */
export function untilReady(ready: Signal<boolean>, clock: Clock): Promise<void> {
  if (ready.get()) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      stopWaiting();
      stop();
      resolve();
    };
    const stopWaiting = clock.after(longest, done);
    const stop = ready.subscribe(() => {
      if (ready.get()) done();
    });
  });
}
