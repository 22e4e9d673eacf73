import type { Locks } from "../base/locks.ts";
import type { Store } from "./store.ts";

/** How a store is opened later. */
export interface LateStoreOptions {
  readonly open: () => Promise<Store>;
  /** The name of a Web Lock that is held as long as the store is open: who comes later waits for it. */
  readonly lock?: string;
  /** The platform's; undefined where there are none, on insecure origins: then nobody waits. */
  readonly locks?: Locks | undefined;
}

/**
 * A store that is being opened: what is asked of it waits until it is. So a program can be there at once, as a shared worker
 * must, and two versions of one never have the same store open, whichever of them ends first. If it cannot be opened
 * everything that is asked of it is rejected.
 */
export function lateStore({ open, lock, locks }: LateStoreOptions): Store {
  const { held, release } = lock === undefined || locks === undefined ? free : hold(lock, locks);
  const opening = held.then(open);
  // Those who ask hear of it.
  opening.catch(() => undefined);
  return {
    all: async (table) => (await opening).all(table),
    scan: async (table, name, scan) => (await opening).scan(table, name, scan),
    commit: async (changes) => (await opening).commit(changes),
    close: async () => {
      const store = await opening.catch(() => undefined);
      await store?.close();
      release();
    },
  };
}

interface Hold {
  /** Resolves once the lock is held. */
  readonly held: Promise<void>;
  readonly release: () => void;
}

const free: Hold = { held: Promise.resolve(), release: () => undefined };

function hold(name: string, locks: Locks): Hold {
  const { promise: over, resolve: release } = Promise.withResolvers<undefined>();
  const held = new Promise<void>((resolve, reject) => {
    locks
      .request(name, () => {
        resolve();
        return over;
      })
      .catch(reject);
  });
  return {
    held,
    release: () => {
      release(undefined);
    },
  };
}
