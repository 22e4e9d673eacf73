import { Bell, Languages, LogOut, MonitorSmartphone, Palette, type LucideIcon } from "lucide-react";
import { useState, type ReactElement } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Avatar } from "../../ui/Avatar/Avatar.tsx";
import type { Face } from "../../ui/Avatar/face.ts";
import { ConfirmDialog } from "../../ui/Dialog/ConfirmDialog.tsx";
import { ListButton } from "../../ui/ListItem/ListItem.tsx";
import { Notice } from "../../ui/Notice/Notice.tsx";
import { PaneHeader } from "../../ui/PaneHeader/PaneHeader.tsx";
import styles from "./Settings.module.css";

export type SettingsPage = "profile" | "notifications" | "appearance" | "devices" | "language";

export interface SettingsSnapshot {
  readonly me: Face;
  readonly handle: string;
  readonly host: string;
  readonly version: string;
  readonly notifications: boolean;
  /** Undefined until they are read. */
  readonly devices: number | undefined;
  readonly language: string;
  /** What is shown beside the list. */
  readonly page: SettingsPage | undefined;
}

export interface SettingsActions {
  readonly back: () => void;
  readonly open: (page: SettingsPage) => void;
  readonly logOut: () => void;
}

interface Props {
  readonly snapshot: SettingsSnapshot;
  readonly actions: SettingsActions;
}

/** All that can be set, in a list. */
export function Settings({ snapshot, actions }: Props): ReactElement {
  const { t } = useWords();
  const [leaving, setLeaving] = useState(false);
  const { host, version, devices } = snapshot;
  const words = t.settings;
  return (
    <>
      <PaneHeader title={words.title} onBack={actions.back} />
      <div className={styles.rows}>
        <Me snapshot={snapshot} actions={actions} />
        <Pages snapshot={snapshot} actions={actions} />
        <ul className={styles.last}>
          <li>
            <ListButton
              look="tile"
              tone="danger"
              icon={LogOut}
              title={words.logOut}
              onClick={() => {
                setLeaving(true);
              }}
            />
          </li>
        </ul>
        <div className={styles.notice}>
          <Notice />
        </div>
        <p className={styles.version}>{t.app.server(version, host)}</p>
      </div>
      {leaving && (
        <ConfirmDialog
          title={words.logOutTitle}
          text={devices === 1 ? words.logOutLast : words.logOutText}
          confirm={words.logOutConfirm}
          keep={words.stayIn}
          onConfirm={actions.logOut}
          onClose={() => {
            setLeaving(false);
          }}
        />
      )}
    </>
  );
}

function Me({ snapshot, actions }: Props): ReactElement {
  const { t } = useWords();
  const { me, handle, host, page } = snapshot;
  return (
    <button
      type="button"
      className={styles.me}
      aria-current={page === "profile" || undefined}
      onClick={() => {
        actions.open("profile");
      }}
    >
      <Avatar face={me} size="me" />
      <span className={styles.who}>
        <b dir="auto">{me.name}</b>
        <span>{t.info.on(handle, host)}</span>
      </span>
    </button>
  );
}

function Pages({ snapshot, actions }: Props): ReactElement {
  const words = useWords().t.settings;
  const { notifications, devices, language, page } = snapshot;
  const pages: readonly {
    readonly key: SettingsPage;
    readonly icon: LucideIcon;
    readonly title: string;
    readonly text: string | undefined;
  }[] = [
    {
      key: "notifications",
      icon: Bell,
      title: words.notifications,
      text: notifications ? words.notificationsOn : words.notificationsOff,
    },
    { key: "appearance", icon: Palette, title: words.appearance, text: words.appearanceHint },
    {
      key: "devices",
      icon: MonitorSmartphone,
      title: words.devices,
      // A line is there before it is known what stands in it.
      text: devices === undefined ? "\u00a0" : words.deviceCount(devices),
    },
    { key: "language", icon: Languages, title: words.language, text: language },
  ];
  return (
    <ul>
      {pages.map(({ key, ...content }) => (
        <li key={key}>
          <ListButton
            {...content}
            chevron
            look="tile"
            current={page === key}
            onClick={() => {
              actions.open(key);
            }}
          />
        </li>
      ))}
    </ul>
  );
}
