/** What a log and who shows it say to each other. */

/** What is told apart by its key, and measured. */
export interface LogRow {
  readonly key: string;
  /** It says what comes before the others, and stays before them: what is read is never kept in its place by it. */
  readonly head?: boolean;
}

/** Where the log is: at its end, which it follows, or with a row so many px below the upper edge. */
export type LogPlace = { readonly at: "end" } | { readonly at: "row"; readonly key: string; readonly top: number };

/** Where it begins: a place, or a row at a share of the height. */
export type LogStart = LogPlace | { readonly at: "share"; readonly key: string; readonly share: number };

export interface LogEvents {
  /** The end is in sight or not. */
  readonly onFollow: (following: boolean) => void;
  /** Older rows are wanted. */
  readonly onTop: () => void;
  /** Newer rows are wanted, which are not among the rows that there are. */
  readonly onBottom: () => void;
  /** The newest rows are wanted at once, whatever becomes of those that there are. */
  readonly onLatest: () => void;
  /**
   * When things have come to rest for a moment: the last row of which at least half is in sight or has been above it, and the last
   * that is wholly in sight, or the former if none is.
   */
  readonly onSeen: (key: string, whole: string) => void;
  /** The first row in sight, whenever somebody has scrolled. */
  readonly onFirst: (key: string) => void;
}
