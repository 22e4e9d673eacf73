/** One thing that was asked, until the test answers it. */
export interface Asked<A extends readonly unknown[], T> {
  readonly of: A;
  /** Resolves when everybody who waited for the answer has had it. */
  readonly answer: (value: T) => Promise<void>;
  /** Says no, as the SDK does. */
  readonly fail: (reason: string) => Promise<void>;
}

/** In place of a call of a fake: what is asked waits for the test. */
export interface Asking<A extends readonly unknown[], T> {
  readonly ask: (...of: A) => Promise<T>;
  /** All that was asked, from the first. */
  readonly asked: readonly Asked<A, T>[];
}

export function asking<A extends readonly unknown[], T>(): Asking<A, T> {
  const asked: Asked<A, T>[] = [];
  return {
    asked,
    ask: (...of) =>
      new Promise<T>((resolve, reject) => {
        asked.push({
          of,
          answer: (value) => {
            resolve(value);
            return settled();
          },
          fail: (reason) => {
            reject(problem(reason));
            return settled();
          },
        });
      }),
  };
}

/** What was not done, as the SDK says it. */
export const problem = (reason: string): Error => Object.assign(new Error(reason), { reason });

/** Resolves when all that follows from what is known has been done: promises go on before anything else. */
export const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
