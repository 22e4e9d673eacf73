export type EmojiGroupName = "people" | "nature" | "food" | "travel" | "activities" | "objects" | "symbols" | "flags";

export interface Emoji {
  readonly char: string;
  /** In the reader's language. */
  readonly name: string;
  /** Other words for it, separated by spaces. */
  readonly tags: string;
}

export interface EmojiGroup {
  readonly name: EmojiGroupName;
  readonly emoji: readonly Emoji[];
}

const most = 64;

/** Emoji whose name or tags have a word that begins with each word that is looked for; those by name first. */
export function searchEmoji(groups: readonly EmojiGroup[], query: string): Emoji[] {
  const wanted = query.trim().toLocaleLowerCase().split(/\s+/u);
  const has = (text: string): boolean =>
    wanted.every((word) =>
      text
        .toLocaleLowerCase()
        .split(/[\s-]+/u)
        .some((part) => part.startsWith(word)),
    );
  const byName: Emoji[] = [];
  const byTag: Emoji[] = [];
  for (const { emoji } of groups) {
    for (const one of emoji) {
      if (has(one.name)) byName.push(one);
      else if (has(`${one.name} ${one.tags}`)) byTag.push(one);
    }
  }
  return [...byName, ...byTag].slice(0, most);
}
