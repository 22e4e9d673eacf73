import type { Rows, Table } from "./rows.ts";
import { tables } from "./rows.ts";
import type { Change, Scan, Store } from "./store.ts";
import { tried } from "./tried.ts";

/** What a memory store keeps: for each table, for each name, rows by number. It outlives the stores that are made on it. */
export interface Memory {
  readonly tables: Record<Table, Map<string, Map<number, unknown>>>;
}

/** An empty memory. */
export function emptyMemory(): Memory {
  return { tables: Object.fromEntries(tables.map((table) => [table, new Map()])) as Memory["tables"] };
}

/** A store that lasts as long as `memory`: for tests, and for where nothing else is allowed. */
export function memoryStore(memory: Memory = emptyMemory()): Store {
  let closed = false;
  const unlessClosed = <T>(work: () => T): Promise<T> =>
    tried(() => {
      if (closed) throw new Error("the store is closed");
      return work();
    });
  return {
    all: (table) => unlessClosed(() => all(memory, table)),
    scan: (table, name, wanted) => unlessClosed(() => scan(memory, table, name, wanted)),
    commit: (changes) =>
      unlessClosed(() => {
        // What cannot be kept is found before anything is changed.
        for (const change of structuredClone(changes)) apply(memory, change);
      }),
    close: () =>
      tried(() => {
        closed = true;
      }),
  };
}

function all<T extends Table>(memory: Memory, table: T): Rows[T][] {
  const names = [...memory.tables[table]].sort(([left], [right]) => (left < right ? -1 : 1));
  return structuredClone(names.flatMap(([, rows]) => inOrder(rows) as Rows[T][]));
}

function scan<T extends Table>(memory: Memory, table: T, name: string, wanted: Scan): Rows[T][] {
  const { from = 0, to = Infinity, limit, backwards = false } = wanted;
  const numbers = [...(memory.tables[table].get(name)?.keys() ?? [])].filter((at) => from <= at && at <= to);
  numbers.sort((left, right) => (backwards ? right - left : left - right));
  return structuredClone(numbers.slice(0, limit).map((at) => memory.tables[table].get(name)?.get(at))) as Rows[T][];
}

function inOrder(rows: Map<number, unknown>): unknown[] {
  return [...rows].sort(([left], [right]) => left - right).map(([, row]) => row);
}

function apply(memory: Memory, change: Change): void {
  const names = memory.tables[change.table];
  if (change.type === "delete_all") {
    names.delete(change.name);
    return;
  }
  const [name, number] = change.key;
  const rows = names.get(name) ?? new Map<number, unknown>();
  if (change.type === "put") names.set(name, rows.set(number, change.row));
  else rows.delete(number);
}
