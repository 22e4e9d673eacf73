import type { Rows, Table } from "./rows.ts";

/** Rows lie in a table by a name, and for one name by a number: `["conversation", seq]`. Whole numbers from 0. */
export type Key = readonly [name: string, number: number];

/** One change of a commit. */
export type Change =
  | {
      readonly [T in Table]: { readonly type: "put"; readonly table: T; readonly key: Key; readonly row: Rows[T] };
    }[Table]
  | { readonly type: "delete"; readonly table: Table; readonly key: Key }
  /** Deletes every row of a name. */
  | { readonly type: "delete_all"; readonly table: Table; readonly name: string };

/** Which rows of a name, from where, in which order. */
export interface Scan {
  /** The lowest number, included; 0 if left out. */
  readonly from?: number;
  /** The highest number, included; no bound if left out. */
  readonly to?: number;
  /** How many rows at most. */
  readonly limit: number;
  /** Whether to begin at the highest. */
  readonly backwards?: boolean;
}

/**
 * Where a device keeps what it knows. One suite (`contract.suite.ts`) says what every store promises:
 *
 * - a commit is applied whole or not at all, and once it has resolved its changes survive the end of the program;
 * - commits are applied in the order in which they are asked for, without waiting for each other;
 * - reads give what has been committed when they are asked for, and rows that nobody else holds.
 *
 * One program uses a store at a time. Any promise may be rejected with the platform's error: no space, no permission.
 */
export interface Store {
  /** All rows of a table that is small, by their keys. */
  all<T extends Table>(table: T): Promise<readonly Rows[T][]>;
  /** Rows of one name. */
  scan<T extends Table>(table: T, name: string, scan: Scan): Promise<readonly Rows[T][]>;
  /** Applies the changes, in order. */
  commit(changes: readonly Change[]): Promise<void>;
  /** Lets go of it, after what was asked for before. Everything asked for later is rejected. */
  close(): Promise<void>;
}

/** The key of what there is one of for each name. */
export function keyOf(name: string): Key {
  return [name, 0];
}
