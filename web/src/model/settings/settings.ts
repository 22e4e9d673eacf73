import { computed, type Signal } from "../../base/signal.ts";
import type { LanguageActions, LanguageChoice } from "../../views/Language/Language.tsx";
import type { NotificationsActions, NotificationsSnapshot } from "../../views/Notifications/Notifications.tsx";
import type { SettingsActions, SettingsSnapshot } from "../../views/Settings/Settings.tsx";
import { attempt, type Session } from "../session.ts";
import type { DevicesModel } from "./devices.ts";

export interface SettingsModel {
  readonly snapshot: Signal<SettingsSnapshot>;
  readonly actions: SettingsActions;
  readonly notifications: Signal<NotificationsSnapshot>;
  readonly notificationsActions: NotificationsActions;
  readonly language: Signal<{ readonly language: LanguageChoice }>;
  readonly languageActions: LanguageActions;
}

/** The list of settings, and its small pages. */
export function settingsModel(session: Session, devices: DevicesModel): SettingsModel {
  const { client, people, platform, router, look, server, words } = session;
  const toList = (): void => {
    router.back({ at: "settings", page: undefined, linking: false });
  };
  const possible = computed((read) => {
    const permission = read(platform.notifications.permission);
    return permission === "granted" || permission === "default";
  });
  return {
    snapshot: computed((read): SettingsSnapshot => {
      const route = read(router.route);
      const { notify, language } = read(look.look);
      const listed = read(devices.snapshot);
      return {
        me: read(people.me),
        handle: read(client.account)?.handle ?? "",
        host: platform.host,
        version: read(server)?.version ?? "",
        notifications: notify && read(possible),
        devices: listed.state === "read" ? listed.devices.length : undefined,
        language: read(words).language[language],
        page: route.at === "settings" ? route.page : undefined,
      };
    }),
    actions: {
      back: () => {
        router.back({ at: "list" });
      },
      open: (page) => {
        router.go({ at: "settings", page, linking: false });
      },
      logOut: () => {
        attempt(session, client.signOut());
      },
    },
    notifications: computed((read) => {
      const { notify, notifyPreview, notifySound } = read(look.look);
      return {
        permission: read(platform.notifications.permission),
        on: notify && read(platform.notifications.permission) === "granted",
        preview: notifyPreview,
        sound: notifySound,
      };
    }),
    notificationsActions: {
      back: toList,
      setOn: (on) => {
        look.change({ notify: on });
        if (on) attempt(session, platform.notifications.ask());
      },
      setPreview: (notifyPreview) => {
        look.change({ notifyPreview });
      },
      setSound: (notifySound) => {
        look.change({ notifySound });
      },
    },
    language: computed((read) => ({ language: read(look.look).language })),
    languageActions: {
      back: toList,
      setLanguage: (language) => {
        look.change({ language });
      },
    },
  };
}
