import { Bell, MessageCircle, Volume2 } from "lucide-react";
import type { ReactElement } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Card } from "../../ui/Card/Card.tsx";
import { DetailPane } from "../../ui/DetailPane/DetailPane.tsx";
import { ListSwitch } from "../../ui/ListItem/ListItem.tsx";
import styles from "./Notifications.module.css";

export interface NotificationsSnapshot {
  /** Whether the browser lets this page show any. */
  readonly permission: "default" | "granted" | "denied" | "unavailable";
  readonly on: boolean;
  readonly preview: boolean;
  readonly sound: boolean;
}

export interface NotificationsActions {
  readonly back: () => void;
  readonly setOn: (on: boolean) => void;
  readonly setPreview: (on: boolean) => void;
  readonly setSound: (on: boolean) => void;
}

interface Props {
  readonly snapshot: NotificationsSnapshot;
  readonly actions: NotificationsActions;
}

/** What this device says of new messages while the app is open. */
export function Notifications({ snapshot, actions }: Props): ReactElement {
  const { t } = useWords();
  const words = t.notifications;
  const { permission, on, preview, sound } = snapshot;
  const possible = permission === "default" || permission === "granted";
  const shown = on && possible;
  return (
    <DetailPane title={words.title} onBack={actions.back}>
      <Card>
        <ul>
          <li>
            <ListSwitch
              icon={Bell}
              title={words.show}
              text={words.showHint}
              on={shown}
              disabled={!possible}
              onChange={actions.setOn}
            />
          </li>
          {shown && (
            <>
              <li>
                <ListSwitch icon={MessageCircle} title={words.preview} on={preview} onChange={actions.setPreview} />
              </li>
              <li>
                <ListSwitch icon={Volume2} title={words.sound} on={sound} onChange={actions.setSound} />
              </li>
            </>
          )}
        </ul>
      </Card>
      {!possible && <p className={styles.note}>{permission === "denied" ? words.blocked : words.unavailable}</p>}
    </DetailPane>
  );
}
