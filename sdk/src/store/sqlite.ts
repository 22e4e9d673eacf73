import { DatabaseSync } from "node:sqlite";
import type { StatementSync } from "node:sqlite";
import { deserialize, serialize } from "node:v8";
import type { Rows, Table } from "./rows.ts";
import { tables } from "./rows.ts";
import type { Change, Scan, Store } from "./store.ts";
import { tried } from "./tried.ts";

/** What a SQLite store may be told. */
export interface SqliteOptions {
  /**
   * Whether a commit is on the disk, synced, before it resolves. Without it (false) a crash of the program loses nothing,
   * and a power cut may lose the last commits. True if left out.
   */
  readonly sync?: boolean;
}

/**
 * A store in a SQLite file, for Node. The file is held by one program at a time. Its work is done before a call returns:
 * it blocks the event loop for as long as the disk takes.
 *
 * @param path the file, made if there is none; `:memory:` for none at all
 */
export function sqliteStore(path: string, options: SqliteOptions = {}): Store {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;
    PRAGMA synchronous = ${options.sync === false ? "NORMAL" : "FULL"};`);
  for (const table of tables) {
    database.exec(`CREATE TABLE IF NOT EXISTS ${table}
      (name TEXT NOT NULL, number INTEGER NOT NULL, row BLOB NOT NULL, PRIMARY KEY (name, number)) WITHOUT ROWID`);
  }
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    all: (table) => tried(() => rowsOf(prepared(`SELECT row FROM ${table} ORDER BY name, number`).all())),
    scan: (table, name, wanted) => tried(() => scan(prepared, table, name, wanted)),
    commit: (changes) =>
      tried(() => {
        database.exec("BEGIN IMMEDIATE");
        try {
          for (const change of changes) apply(prepared, change);
          database.exec("COMMIT");
        } catch (reason) {
          database.exec("ROLLBACK");
          throw reason;
        }
      }),
    close: () =>
      tried(() => {
        if (database.isOpen) database.close();
      }),
  };
}

type Prepare = (sql: string) => StatementSync;

function rowsOf<T extends Table>(found: readonly Record<string, unknown>[]): Rows[T][] {
  return found.map(({ row }) => withoutPool(deserialize(row as Uint8Array)) as Rows[T]);
}

/**
 * Node reads bytes back as views of one buffer for the whole row: here they get their own, so that a small one that is kept
 * does not keep the rest.
 */
function withoutPool(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(withoutPool);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withoutPool(field)]));
}

function scan<T extends Table>(prepared: Prepare, table: T, name: string, wanted: Scan): Rows[T][] {
  const { from = 0, to = Number.MAX_SAFE_INTEGER, limit, backwards = false } = wanted;
  const order = backwards ? "DESC" : "ASC";
  const statement = prepared(
    `SELECT row FROM ${table} WHERE name = ? AND number BETWEEN ? AND ? ORDER BY number ${order} LIMIT ?`,
  );
  return rowsOf(statement.all(name, from, to, Math.max(0, limit)));
}

function apply(prepared: Prepare, change: Change): void {
  switch (change.type) {
    case "put":
      prepared(`INSERT OR REPLACE INTO ${change.table} VALUES (?, ?, ?)`).run(...change.key, serialize(change.row));
      break;
    case "delete":
      prepared(`DELETE FROM ${change.table} WHERE name = ? AND number = ?`).run(...change.key);
      break;
    case "delete_all":
      prepared(`DELETE FROM ${change.table} WHERE name = ?`).run(change.name);
  }
}
