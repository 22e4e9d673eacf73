import type { Change, Store } from "../store/store.ts";

/**
 * Brings changes into a store, many at a time: while one commit is under way all further changes gather for the next. What
 * may only happen once something is in the store (an acknowledgement above all) is given to {@link Journal.then}.
 */
export interface Journal {
  /** Adds a change to the next commit. */
  add(change: Change): void;
  /** Calls `action` once everything added so far is in the store; at once if it is. Never after a failure. */
  then(action: () => void): void;
  /** Resolves once everything added so far is in the store. Rejects after a failure. */
  flush(): Promise<void>;
}

interface Batch {
  /** In order; a place is undefined where a later change of the same row made one needless. */
  readonly changes: (Change | undefined)[];
  /** Where the last change of each row stands. */
  readonly places: Map<string, number>;
  readonly actions: (() => void)[];
}

/**
 * Makes a journal. After a commit that failed nothing more is tried, since what the program believes and what the store
 * holds may differ: `failed` is called once, and who reopens the store begins from what it has.
 */
export function createJournal(store: Store, failed: (reason: Error) => void): Journal {
  let open = emptyBatch();
  let busy = false;
  let failure: Error | undefined;
  let waiting: { resolve: () => void; reject: (reason: Error) => void }[] = [];

  const write = async (): Promise<void> => {
    busy = true;
    try {
      while (open.changes.length > 0 || open.actions.length > 0) {
        const batch = open;
        open = emptyBatch();
        const changes = batch.changes.filter((change) => change !== undefined);
        if (changes.length > 0) await store.commit(changes);
        for (const action of batch.actions) action();
      }
    } catch (reason) {
      failure = reason instanceof Error ? reason : new Error(String(reason));
      for (const { reject } of waiting.splice(0)) reject(failure);
      failed(failure);
    }
    busy = false;
  };
  const wake = (): void => {
    if (busy || failure !== undefined) return;
    busy = true;
    // Whatever the code that runs now still adds comes along.
    queueMicrotask(() => void write());
  };
  return {
    add: (change) => {
      if (failure !== undefined) return;
      put(open, change);
      wake();
    },
    then: (action) => {
      if (failure !== undefined) return;
      open.actions.push(action);
      wake();
    },
    flush: () =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        const entry = { resolve, reject };
        waiting.push(entry);
        open.actions.push(() => {
          waiting = waiting.filter((one) => one !== entry);
          resolve();
        });
        wake();
      }),
  };
}

function emptyBatch(): Batch {
  return { changes: [], places: new Map(), actions: [] };
}

function put(batch: Batch, change: Change): void {
  if (change.type === "delete_all") {
    // What was put before it goes with it, and what comes after must stay after.
    batch.places.clear();
  } else {
    const row = `${change.table}/${change.key[1]}/${change.key[0]}`;
    const before = batch.places.get(row);
    if (before !== undefined) batch.changes[before] = undefined;
    batch.places.set(row, batch.changes.length);
  }
  batch.changes.push(change);
}
