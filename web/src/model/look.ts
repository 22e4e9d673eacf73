import { computed, source, type Signal } from "../base/signal.ts";
import type { Locale } from "../i18n/format.ts";
import type { AppearanceActions, AppearanceSnapshot, Theme } from "../views/Appearance/Appearance.tsx";
import type { LanguageChoice } from "../views/Language/Language.tsx";
import type { Platform } from "./platform.ts";

/** What this device keeps of how it looks. `src/early/early.js` reads the same before the first paint. */
export interface Look {
  readonly theme: Theme;
  /** From 0; 2 is the usual. */
  readonly textSize: number;
  readonly ripples: boolean;
  /** Undefined: as the system. */
  readonly lessMotion: boolean | undefined;
  readonly enterSends: boolean;
  readonly language: LanguageChoice;
  readonly notify: boolean;
  readonly notifyPreview: boolean;
  readonly notifySound: boolean;
}

const key = "look";
const usual: Look = {
  theme: "system",
  textSize: 2,
  ripples: true,
  lessMotion: undefined,
  enterSends: true,
  language: "system",
  notify: true,
  notifyPreview: true,
  notifySound: true,
};

/** What this device has kept. */
export function recalledLook(platform: Pick<Platform, "recall">): Look {
  return recalled(platform.recall(key));
}

function recalled(text: string | undefined): Look {
  if (text === undefined) return usual;
  try {
    const kept: unknown = JSON.parse(text);
    return typeof kept === "object" && kept !== null ? { ...usual, ...known(kept) } : usual;
  } catch {
    return usual;
  }
}

/** What is well-formed of what was kept. */
function known(kept: object): Partial<Look> {
  const value = (name: keyof Look): unknown => (name in kept ? (kept as Record<string, unknown>)[name] : undefined);
  const theme = value("theme");
  const language = value("language");
  const size = value("textSize");
  const flags = ["ripples", "lessMotion", "enterSends", "notify", "notifyPreview", "notifySound"] as const;
  return {
    ...((theme === "light" || theme === "dark") && { theme }),
    ...((language === "en" || language === "de") && { language }),
    ...(typeof size === "number" && size >= 0 && size <= 5 && { textSize: Math.round(size) }),
    ...Object.fromEntries(flags.filter((flag) => typeof value(flag) === "boolean").map((flag) => [flag, value(flag)])),
  };
}

export interface LookModel {
  readonly look: Signal<Look>;
  readonly change: (change: Partial<Look>) => void;
  readonly appearance: Signal<AppearanceSnapshot>;
  readonly appearanceActions: Omit<AppearanceActions, "back">;
}

/** `apply` brings a look onto the page; it is called at once and with each change. */
export function lookModel(
  platform: Platform,
  systemLessMotion: Signal<boolean>,
  apply: (look: Look) => void,
): LookModel {
  const look = source(recalledLook(platform));
  const change = (part: Partial<Look>): void => {
    look.update((now) => ({ ...now, ...part }));
    platform.keep(key, JSON.stringify(look.get()));
    apply(look.get());
  };
  apply(look.get());
  return {
    look,
    change,
    appearance: computed((read) => {
      const { theme, textSize, ripples, lessMotion, enterSends } = read(look);
      const system = read(systemLessMotion);
      return { theme, textSize, ripples, enterSends, lessMotion: lessMotion ?? system, systemLessMotion: system };
    }),
    appearanceActions: {
      setTheme: (theme) => {
        change({ theme });
      },
      setTextSize: (textSize) => {
        change({ textSize });
      },
      setRipples: (ripples) => {
        change({ ripples });
      },
      setLessMotion: (lessMotion) => {
        change({ lessMotion });
      },
      setEnterSends: (enterSends) => {
        change({ enterSends });
      },
    },
  };
}

export function languageOf(choice: LanguageChoice, system: Locale): Locale {
  return choice === "system" ? system : choice;
}
