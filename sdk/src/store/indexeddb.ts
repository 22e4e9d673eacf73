import type { Rows, Table } from "./rows.ts";
import { tables } from "./rows.ts";
import type { Change, Scan, Store } from "./store.ts";

/** Of the database's layout; a higher one upgrades what is there. */
const version = 1;

/**
 * A store in a browser's IndexedDB. Commits are asked to be on the disk before they resolve (`durability: "strict"`), since
 * the server forgets what a device has acknowledged.
 *
 * @param name the database's name; one account has one
 */
export async function indexedDbStore(name: string, factory: IDBFactory = indexedDB): Promise<Store> {
  const database = await open(name, factory);
  // Another tab wants a newer layout: it gets it, and here everything is rejected.
  database.addEventListener("versionchange", () => {
    database.close();
  });
  // Work that was asked for before close() must come to its end.
  return {
    all: async (table) => {
      const transaction = database.transaction(table);
      return asked(transaction.objectStore(table).getAll()) as Promise<never>;
    },
    scan: async (table, row, wanted) => scan(database, table, row, wanted),
    commit: async (changes) => {
      await commit(database, changes);
    },
    close: () => {
      // Waits by itself for the transactions that are open.
      database.close();
      return Promise.resolve();
    },
  };
}

/** Deletes a store with all that is in it, after who has it open has closed it. */
export async function deleteIndexedDbStore(name: string, factory: IDBFactory = indexedDB): Promise<void> {
  await asked(factory.deleteDatabase(name));
}

function open(name: string, factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(name, version);
  request.addEventListener("upgradeneeded", () => {
    const there = request.result.objectStoreNames;
    for (const table of tables) if (!there.contains(table)) request.result.createObjectStore(table);
  });
  return asked(request);
}

/** What a request gives, once it does. */
function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => {
      resolve(request.result);
    });
    request.addEventListener("error", () => {
      reject(request.error ?? new Error("IndexedDB gave no reason"));
    });
  });
}

async function scan<T extends Table>(database: IDBDatabase, table: T, name: string, wanted: Scan): Promise<Rows[T][]> {
  const { from = 0, to = Number.MAX_SAFE_INTEGER, limit, backwards = false } = wanted;
  if (from > to || limit <= 0) return [];
  const range = IDBKeyRange.bound([name, from], [name, to]);
  const rows = database.transaction(table).objectStore(table);
  if (!backwards) return asked(rows.getAll(range, limit)) as Promise<Rows[T][]>;
  return new Promise((resolve, reject) => {
    const found: Rows[T][] = [];
    const request = rows.openCursor(range, "prev");
    request.addEventListener("success", () => {
      const cursor = request.result;
      if (cursor === null || found.push(cursor.value as Rows[T]) >= limit) resolve(found);
      else cursor.continue();
    });
    request.addEventListener("error", () => {
      reject(request.error ?? new Error("IndexedDB gave no reason"));
    });
  });
}

function commit(database: IDBDatabase, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return Promise.resolve();
  const touched = [...new Set(changes.map(({ table }) => table))];
  const transaction = database.transaction(touched, "readwrite", { durability: "strict" });
  const done = new Promise<void>((resolve, reject) => {
    transaction.addEventListener("complete", () => {
      resolve();
    });
    transaction.addEventListener("abort", () => {
      reject(transaction.error ?? new Error("IndexedDB aborted, and gave no reason"));
    });
  });
  try {
    for (const change of changes) apply(transaction.objectStore(change.table), change);
  } catch (reason) {
    // A row that cannot be cloned: what was asked for before it goes back as well.
    transaction.abort();
    return done.catch(() => Promise.reject(reason as Error));
  }
  transaction.commit();
  return done;
}

function apply(rows: IDBObjectStore, change: Change): void {
  switch (change.type) {
    case "put":
      rows.put(change.row, [...change.key]);
      break;
    case "delete":
      rows.delete([...change.key]);
      break;
    case "delete_all":
      rows.delete(IDBKeyRange.bound([change.name, 0], [change.name, Number.MAX_SAFE_INTEGER]));
  }
}
