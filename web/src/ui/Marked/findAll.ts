/** A part of a text that is what was looked for, or what stands between. */
export interface Part {
  readonly text: string;
  readonly found: boolean;
}

const folded = (text: string): string => text.toLocaleLowerCase();

/** Splits a text at what is looked for, without regard to case. All parts together are the text. */
export function findAll(text: string, query: string): Part[] {
  const wanted = folded(query.trim());
  const inside = folded(text);
  // Where folding changes the length, places in the two texts are not the same: then nothing is marked.
  if (wanted === "" || inside.length !== text.length) return [{ text, found: false }];
  const parts: Part[] = [];
  let from = 0;
  for (let at = inside.indexOf(wanted); at >= 0; at = inside.indexOf(wanted, from)) {
    if (at > from) parts.push({ text: text.slice(from, at), found: false });
    parts.push({ text: text.slice(at, at + wanted.length), found: true });
    from = at + wanted.length;
  }
  if (from < text.length || parts.length === 0) parts.push({ text: text.slice(from), found: false });
  return parts;
}
