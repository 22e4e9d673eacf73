import type { History } from "../router.ts";

/** The history of a browser, in memory. */
export function fakeHistory(start: string): History {
  const entries = [{ hash: start, depth: 0 }];
  let at = 0;
  const listeners = new Set<() => void>();
  return {
    hash: () => entries[at]?.hash ?? "",
    depth: () => entries[at]?.depth ?? 0,
    push: (hash, depth) => {
      entries.splice(at + 1);
      entries.push({ hash, depth });
      at++;
    },
    replace: (hash, depth) => {
      entries[at] = { hash, depth };
    },
    back: () => {
      if (at === 0) return;
      at--;
      for (const listener of listeners) listener();
    },
    onMove: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
