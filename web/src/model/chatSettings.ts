import type { Settings } from "./ports.ts";

/** What a reader has set for one conversation, the same on all devices. */
export interface ChatSettings {
  readonly pinned: boolean;
  readonly muted: boolean;
  readonly archived: boolean;
  /** Marked as unread by hand. */
  readonly marked: boolean;
}

/** Other versions may have written other things; what is not known here is left as it is. */
export function chatSettingsOf(settings: Settings): ChatSettings {
  return {
    pinned: settings.pinned === true,
    muted: settings.muted === true,
    archived: settings.archived === true,
    marked: settings.unread === true,
  };
}

const names: Record<keyof ChatSettings, string> = {
  pinned: "pinned",
  muted: "muted",
  archived: "archived",
  marked: "unread",
};

/** The settings with some of them changed. */
export function withChatSettings(settings: Settings, change: Partial<ChatSettings>): Settings {
  const next: Record<string, unknown> = { ...settings };
  for (const key of Object.keys(names) as (keyof ChatSettings)[]) {
    const value = change[key];
    if (value === true) next[names[key]] = true;
    if (value === false) Reflect.deleteProperty(next, names[key]);
  }
  return next;
}
