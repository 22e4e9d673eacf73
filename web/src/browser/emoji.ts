import type { Locale } from "../i18n/format.ts";
import type { EmojiGroup } from "../views/EmojiPicker/emoji.ts";

/** All emoji with their names in a language; fetched when they are first wanted. */
export async function emojiOf(locale: Locale): Promise<readonly EmojiGroup[]> {
  const { groups } = locale === "en" ? await import("virtual:emoji/en") : await import("virtual:emoji/de");
  return groups as readonly EmojiGroup[];
}
