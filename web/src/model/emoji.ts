import { computed, source, type Signal } from "../base/signal.ts";
import type { Locale } from "../i18n/format.ts";
import type { Emoji, EmojiGroup } from "../views/EmojiPicker/emoji.ts";
import type { EmojiSnapshot } from "../views/EmojiPicker/EmojiPicker.tsx";
import type { Platform } from "./platform.ts";

export interface EmojiModel {
  readonly snapshot: Signal<EmojiSnapshot>;
  /** Fetches them, unless they are there. */
  readonly load: () => void;
  /** Remembers what was picked. */
  readonly pick: (char: string) => void;
}

const key = "emoji";
const mostRecent = 32;

/** All emoji in the reader's language, fetched when they are first wanted, and those used last on this device. */
export function emojiModel(
  platform: Platform,
  locale: Signal<Locale>,
  fetch: (locale: Locale) => Promise<readonly EmojiGroup[]>,
): EmojiModel {
  const data = source<{ readonly locale: Locale; readonly groups: readonly EmojiGroup[] } | "loading" | "failed">(
    "loading",
  );
  let asked = 0;
  const recent = source((platform.recall(key) ?? "").split(" ").filter((char) => char !== ""));
  return {
    snapshot: computed((read): EmojiSnapshot => {
      const now = read(data);
      if (now === "loading" || now === "failed") return { state: now };
      const byChar = new Map(now.groups.flatMap(({ emoji }) => emoji).map((one) => [one.char, one]));
      const used = read(recent)
        .map((char) => byChar.get(char))
        .filter((one): one is Emoji => one !== undefined);
      return { state: "ready", groups: now.groups, recent: used };
    }),
    load: () => {
      const wanted = locale.get();
      const now = data.get();
      if (typeof now === "object" && now.locale === wanted) return;
      const own = ++asked;
      data.set("loading");
      fetch(wanted).then(
        (groups) => {
          if (own === asked) data.set({ locale: wanted, groups });
        },
        () => {
          if (own === asked) data.set("failed");
        },
      );
    },
    pick: (char) => {
      recent.update((chars) => [char, ...chars.filter((one) => one !== char)].slice(0, mostRecent));
      platform.keep(key, recent.get().join(" "));
    },
  };
}
