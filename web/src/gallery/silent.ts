/** Actions that do nothing, for stories in which nobody acts. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- who asks says what they are
export const silent = <T extends object>(): T => new Proxy({}, { get: () => () => undefined }) as T;
