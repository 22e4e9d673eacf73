import type { Catalogue } from "./en.ts";
import { en } from "./en.ts";
import type { Locale } from "./format.ts";

/** The languages that there are, as they call themselves. */
export const locales: readonly Locale[] = ["en", "de"];

/** The first of the reader's languages that there is, else English. */
export function localeOf(languages: readonly string[]): Locale {
  for (const language of languages) {
    const found = locales.find((locale) => language.toLowerCase().split("-")[0] === locale);
    if (found !== undefined) return found;
  }
  return "en";
}

/** English is there at once; the others come when they are wanted. */
export async function catalogueOf(locale: Locale): Promise<Catalogue> {
  return locale === "en" ? en : (await import("./de.ts")).de;
}
