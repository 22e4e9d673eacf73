/** What happened in lives, counted. */
export interface Tally {
  said: number;
  /** Messages that were refused for a while. */
  refused: number;
  connectionsCut: number;
  pagesKilled: number;
  serverKilled: number;
}

export function emptyTally(): Tally {
  return { said: 0, refused: 0, connectionsCut: 0, pagesKilled: 0, serverKilled: 0 };
}
