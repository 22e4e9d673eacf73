/** How tall rows are and where they begin: measured where known, estimated elsewhere. Knows nothing of the page. */
export class LogLayout {
  #keys: readonly string[] = [];
  #indexOf = new Map<string, number>();
  readonly #measured = new Map<string, number>();
  #estimates: readonly number[] = [];
  /** `#offsets[i]` is where row i begins; the last is the height of all. */
  #offsets = new Float64Array(1);
  /** Offsets from this row on are out of date. */
  #stale = 0;

  get count(): number {
    return this.#keys.length;
  }

  get total(): number {
    return this.offsetOf(this.count);
  }

  /** Puts other rows in place of those that there were; what was measured of rows that stay is kept. */
  setRows(keys: readonly string[], estimates: readonly number[]): void {
    const before = this.#keys;
    this.#keys = keys;
    this.#estimates = estimates;
    if (this.#offsets.length < keys.length + 1) {
      const offsets = new Float64Array(Math.ceil(keys.length * 1.5) + 1);
      offsets.set(this.#offsets);
      this.#offsets = offsets;
    }
    let same = 0;
    while (same < keys.length && keys[same] === before[same]) same++;
    this.#stale = Math.min(this.#stale, same);
    if (same === before.length) {
      for (let at = same; at < keys.length; at++) this.#indexOf.set(keys[at] ?? "", at);
      return;
    }
    this.#indexOf = new Map(keys.map((key, at) => [key, at]));
    for (const key of this.#measured.keys()) if (!this.#indexOf.has(key)) this.#measured.delete(key);
  }

  indexOf(key: string): number | undefined {
    return this.#indexOf.get(key);
  }

  keyAt(index: number): string | undefined {
    return this.#keys[index];
  }

  isMeasured(key: string): boolean {
    return this.#measured.has(key);
  }

  heightOf(index: number): number {
    return this.#measured.get(this.#keys[index] ?? "") ?? this.#estimates[index] ?? 0;
  }

  /** Where row `index` begins; for the number of rows, where the last ends. */
  offsetOf(index: number): number {
    this.#bringUpTo(index);
    return this.#offsets[index] ?? 0;
  }

  /** Says whether this is news. */
  setHeight(key: string, height: number): boolean {
    const index = this.#indexOf.get(key);
    if (index === undefined || this.#measured.get(key) === height) return false;
    this.#measured.set(key, height);
    this.#stale = Math.min(this.#stale, index);
    return true;
  }

  /** What was measured holds no more: another width, or another size of text. */
  forget(estimates: readonly number[]): void {
    this.#measured.clear();
    this.#estimates = estimates;
    this.#stale = 0;
  }

  /** The row in which `y` lies, within the rows that there are; 0 if there are none. */
  indexAt(y: number): number {
    this.#bringUpTo(this.count);
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#offsets[middle] ?? 0) <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #bringUpTo(index: number): void {
    for (let at = this.#stale; at < index; at++) {
      this.#offsets[at + 1] = (this.#offsets[at] ?? 0) + this.heightOf(at);
    }
    this.#stale = Math.max(this.#stale, index);
  }
}
