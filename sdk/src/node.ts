/** What Node has beside `@dunlin/sdk`: a store in a file. */

export { sqliteStore } from "./store/sqlite.ts";
export type { SqliteOptions } from "./store/sqlite.ts";
