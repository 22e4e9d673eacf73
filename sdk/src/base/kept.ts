/**
 * `after`, in which every part that equals the part of `before` at its place is that very object: so that who compares by
 * identity sees what has changed of a value that was cloned on its way. Elements of arrays are found by `key` or `id` where
 * they have one, else by their index. For plain data.
 */
export function keptParts<T>(before: unknown, after: T): T {
  return (Array.isArray(after) ? keptArray(before, after) : isPlain(after) ? keptObject(before, after) : after) as T;
}

function keptObject(before: unknown, after: Readonly<Record<string, unknown>>): unknown {
  if (!isPlain(before)) return after;
  const names = Object.keys(after);
  let same = names.length === Object.keys(before).length;
  const made: Record<string, unknown> = {};
  for (const name of names) {
    made[name] = keptParts(before[name], after[name]);
    if (!(name in before) || !Object.is(made[name], before[name])) same = false;
  }
  return same ? before : made;
}

function keptArray(before: unknown, after: readonly unknown[]): unknown {
  if (!Array.isArray(before)) return after;
  const named = new Map<unknown, unknown>();
  for (const one of before as readonly unknown[]) {
    const name = nameOf(one);
    if (name !== undefined) named.set(name, one);
  }
  let same = before.length === after.length;
  const made = after.map((one, index): unknown => {
    const name = nameOf(one);
    const kept = keptParts(name === undefined ? (before as readonly unknown[])[index] : named.get(name), one);
    if (!Object.is(kept, (before as readonly unknown[])[index])) same = false;
    return kept;
  });
  return same ? before : made;
}

function nameOf(one: unknown): unknown {
  return isPlain(one) ? (one["key"] ?? one["id"]) : undefined;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
