/** What a function gives, as a promise, also where it throws. */
export function tried<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
