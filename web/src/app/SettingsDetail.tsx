import type { ReactElement } from "react";
import { useSignal } from "../base/useSignal.ts";
import type { SignedIn } from "../model/signedIn.ts";
import { Appearance } from "../views/Appearance/Appearance.tsx";
import { Devices } from "../views/Devices/Devices.tsx";
import { Language } from "../views/Language/Language.tsx";
import { Notifications } from "../views/Notifications/Notifications.tsx";
import { Profile } from "../views/Profile/Profile.tsx";
import type { SettingsPage } from "../views/Settings/Settings.tsx";

interface Props {
  readonly own: SignedIn;
  readonly page: SettingsPage;
}

/** One page of the settings. */
export function SettingsDetail({ own, page }: Props): ReactElement {
  switch (page) {
    case "profile":
      return <ProfileOf own={own} />;
    case "notifications":
      return <NotificationsOf own={own} />;
    case "appearance":
      return <AppearanceOf own={own} />;
    case "devices":
      return <DevicesOf own={own} />;
    case "language":
      return <LanguageOf own={own} />;
  }
}

type Own = Pick<Props, "own">;

function ProfileOf({ own }: Own): ReactElement {
  return <Profile snapshot={useSignal(own.profile.snapshot)} actions={own.profile.actions} />;
}

function NotificationsOf({ own }: Own): ReactElement {
  const { notifications, notificationsActions } = own.settings;
  return <Notifications snapshot={useSignal(notifications)} actions={notificationsActions} />;
}

function AppearanceOf({ own }: Own): ReactElement {
  const { appearance, appearanceActions } = own.session.look;
  const { back } = own.settings.languageActions;
  return <Appearance snapshot={useSignal(appearance)} actions={{ ...appearanceActions, back }} />;
}

function DevicesOf({ own }: Own): ReactElement {
  return <Devices snapshot={useSignal(own.devices.snapshot)} actions={own.devices.actions} />;
}

function LanguageOf({ own }: Own): ReactElement {
  const { language, languageActions } = own.settings;
  return <Language snapshot={useSignal(language)} actions={languageActions} />;
}
