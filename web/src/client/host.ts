import { createCore, indexedDbStore, lateStore, type Host } from "@dunlin/sdk";
import { storeName } from "./name.ts";

/** Connection and store of this browser: in the shared worker, or in one of the tabs where there is none. */
export function createHost(): Host {
  return createCore({
    server: location.origin,
    store: lateStore({
      open: () => indexedDbStore(storeName),
      lock: `${storeName}/store`,
      // Insecure origins have none.
      locks: "locks" in navigator ? navigator.locks : undefined,
    }),
  });
}
