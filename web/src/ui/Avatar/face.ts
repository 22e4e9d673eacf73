/** What a picture of a person or group is made from. */
export interface Face {
  /** The account's or conversation's id: it decides on the tint. */
  readonly id: string;
  readonly name: string;
  /** Where the picture is, ready to be shown; without one the initials stand there. */
  readonly picture: string | undefined;
}

const tints = 8;

/** One of eight tints, the same for an id everywhere: FNV-1a of its characters. */
export function tintOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return ((hash >>> 0) % tints) + 1;
}

/** The first letters of the first two words; one letter for one word. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = (word: string): string => /[\p{L}\p{N}]/u.exec(word)?.[0].toLocaleUpperCase() ?? "";
  return words.slice(0, 2).map(first).join("");
}
