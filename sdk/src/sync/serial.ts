/** Runs pieces of work one after the other, in the order in which they are given. */
export interface Serial {
  /** Resolves or rejects as the work does; what comes after is done in either case. */
  run<T>(work: () => T | Promise<T>): Promise<T>;
}

/** Makes one. Who gives it work sees to it that it does not grow without a bound. */
export function createSerial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (work) => {
      const mine = last.then(work, work);
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}
