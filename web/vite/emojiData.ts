import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

const require = createRequire(import.meta.url);
const prefix = "virtual:emoji/";
/** What came later is on few devices yet, and would be an empty box there. */
const newest = 15.1;

/** The groups of the emoji data, by number, in those of the app. Group 2 has parts of others. */
const groups: readonly (readonly [string, readonly number[]])[] = [
  ["people", [0, 1]],
  ["nature", [3]],
  ["food", [4]],
  ["activities", [6]],
  ["travel", [5]],
  ["objects", [7]],
  ["symbols", [8]],
  ["flags", [9]],
];

interface Entry {
  readonly emoji: string;
  readonly label: string;
  readonly tags?: readonly string[];
  readonly group?: number;
  readonly order?: number;
  readonly version: number;
}

/** `virtual:emoji/en`: all emoji by group, with their names in that language, as little as the app needs of the data. */
export function emojiData(): Plugin {
  return {
    name: "dunlin:emoji-data",
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    load: (id) => {
      if (!id.startsWith(`\0${prefix}`)) return undefined;
      const file = require.resolve(`emojibase-data/${id.slice(prefix.length + 1)}/data.json`);
      const data = JSON.parse(readFileSync(file, "utf8")) as readonly Entry[];
      const listed = groups.map(([name, numbers]) => ({ name, emoji: emojiOf(data, numbers) }));
      return `export const groups = JSON.parse(${JSON.stringify(JSON.stringify(listed))});`;
    },
  };
}

function emojiOf(data: readonly Entry[], numbers: readonly number[]): readonly object[] {
  return data
    .filter(({ group, version }) => group !== undefined && numbers.includes(group) && version <= newest)
    .sort((left, right) => (left.order ?? 0) - (right.order ?? 0))
    .map(({ emoji, label, tags }) => ({ char: emoji, name: label, tags: (tags ?? []).join(" ") }));
}
