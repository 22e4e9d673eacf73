/** Figures by their names; what a name means stands in driver/table.py. */
export type Figures = Readonly<Record<string, number>>;

/** One run: of the app, and of a page without scripts that has the same DOM. */
export interface Run {
  readonly app: Figures;
  readonly static: Figures;
}

/** How much is done. */
export interface Sizes {
  /** Runs of each. */
  readonly repeat: number;
  /** Messages of a long conversation, and of a short one. */
  readonly many: number;
  readonly few: number;
  /** Messages that are sent, one after the other. */
  readonly sent: number;
  /** Messages that come while there is no network. */
  readonly missed: number;
}

/** Measures something, and tells each run as soon as it is over. */
export type Scenario = (sizes: Sizes, tell: (run: Run) => void) => Promise<void>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle) - 1] ?? NaN)) / 2;
}
