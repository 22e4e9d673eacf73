/** One of the app's files. */
export interface Precached {
  readonly path: string;
  /** `sha256-…`, as requests take it. */
  readonly integrity: string;
  /** Its name changes with what is in it. */
  readonly hashed: boolean;
}

/** What a page says to the service worker of a new build: its reader wants it now. Only types are shared by the two. */
export type TakeOver = "take over";
