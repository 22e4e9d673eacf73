import { Laptop, LogOut, Monitor, MonitorSmartphone, Pencil, QrCode, Smartphone, type LucideIcon } from "lucide-react";
import { useState, type ReactElement } from "react";
import { useWords, type Words } from "../../i18n/Words.tsx";
import { Button } from "../../ui/Button/Button.tsx";
import { Card } from "../../ui/Card/Card.tsx";
import { DetailPane } from "../../ui/DetailPane/DetailPane.tsx";
import { ConfirmDialog } from "../../ui/Dialog/ConfirmDialog.tsx";
import { IconButton } from "../../ui/IconButton/IconButton.tsx";
import { Notice } from "../../ui/Notice/Notice.tsx";
import { Skeleton } from "../../ui/Skeleton/Skeleton.tsx";
import { Tag } from "../../ui/Tag/Tag.tsx";
import { TextDialog } from "../../ui/TextDialog/TextDialog.tsx";
import styles from "./Devices.module.css";

export interface DeviceSnapshot {
  readonly id: string;
  readonly name: string;
  readonly kind: "phone" | "laptop" | "desktop";
  readonly current: boolean;
  /** Undefined if it was never there. */
  readonly lastSeen: number | undefined;
}

export type DevicesSnapshot =
  | { readonly state: "loading" }
  | { readonly state: "failed" }
  | { readonly state: "read"; readonly devices: readonly DeviceSnapshot[] };

export interface DevicesActions {
  readonly back: () => void;
  readonly link: () => void;
  readonly logOut: (id: string) => void;
  readonly rename: (id: string, name: string) => void;
  readonly retry: () => void;
}

interface Props {
  readonly snapshot: DevicesSnapshot;
  readonly actions: DevicesActions;
}

interface Question {
  readonly kind: "log_out" | "rename";
  readonly device: DeviceSnapshot;
}

/** All devices of the account. */
export function Devices({ snapshot, actions }: Props): ReactElement {
  const { t } = useWords();
  const [question, setQuestion] = useState<Question | undefined>(undefined);
  const words = t.devices;
  const close = (): void => {
    setQuestion(undefined);
  };
  return (
    <DetailPane title={words.title} onBack={actions.back}>
      <div className={styles.hero}>
        <MonitorSmartphone className={styles.icon} strokeWidth={1.25} aria-hidden="true" />
        <p>{words.lead}</p>
        <Button kind="primary" icon={QrCode} label={words.link} onClick={actions.link} />
      </div>
      <Content snapshot={snapshot} actions={actions} onAsk={setQuestion} />
      {snapshot.state === "read" && (
        <>
          <p className={styles.note}>{words.away}</p>
          <Card padded>
            <Notice />
          </Card>
        </>
      )}
      {question?.kind === "log_out" && (
        <ConfirmDialog
          title={words.logOutTitle(question.device.name)}
          text={words.logOutText}
          confirm={words.logOutConfirm}
          keep={words.keep}
          onConfirm={() => {
            actions.logOut(question.device.id);
          }}
          onClose={close}
        />
      )}
      {question?.kind === "rename" && (
        <TextDialog
          title={words.renameTitle}
          label={words.name}
          initial={question.device.name}
          maxLength={64}
          onSave={(name) => {
            actions.rename(question.device.id, name);
          }}
          onClose={close}
        />
      )}
    </DetailPane>
  );
}

interface ContentProps extends Props {
  readonly onAsk: (question: Question) => void;
}

function Content({ snapshot, actions, onAsk }: ContentProps): ReactElement {
  const { t } = useWords();
  switch (snapshot.state) {
    case "loading":
      return (
        <Card padded>
          <div className={styles.wait} role="status" aria-label={t.app.loading}>
            <Skeleton width={14} />
            <Skeleton width={9} />
          </div>
        </Card>
      );
    case "failed":
      return (
        <Card padded>
          <div className={styles.failed} role="alert">
            <p>{t.devices.failed}</p>
            <Button label={t.app.tryAgain} onClick={actions.retry} />
          </div>
        </Card>
      );
    case "read":
      return (
        <Card>
          <ul className={styles.list}>
            {snapshot.devices.map((device) => (
              <Device key={device.id} device={device} onAsk={onAsk} />
            ))}
          </ul>
        </Card>
      );
  }
}

const icons: Record<DeviceSnapshot["kind"], LucideIcon> = { phone: Smartphone, laptop: Laptop, desktop: Monitor };

interface DeviceProps {
  readonly device: DeviceSnapshot;
  readonly onAsk: (question: Question) => void;
}

function Device({ device, onAsk }: DeviceProps): ReactElement {
  const words = useWords();
  const { t } = words;
  const Icon = icons[device.kind];
  return (
    <li className={styles.device}>
      <span className={styles.tile}>
        <Icon size="1.25rem" strokeWidth={1.75} aria-hidden="true" />
      </span>
      <span className={styles.words}>
        <b className={styles.name}>
          <span>{device.name}</span>
          {device.current && <Tag label={t.devices.thisDevice} />}
        </b>
        <span className={styles.seen}>{seenText(device, words)}</span>
      </span>
      {device.current ? (
        <IconButton
          icon={Pencil}
          label={t.devices.rename}
          onClick={() => {
            onAsk({ kind: "rename", device });
          }}
        />
      ) : (
        <IconButton
          icon={LogOut}
          label={t.devices.logOut(device.name)}
          onClick={() => {
            onAsk({ kind: "log_out", device });
          }}
        />
      )}
    </li>
  );
}

function seenText({ current, lastSeen }: DeviceSnapshot, { t, format, now }: Words): string {
  if (current) return t.devices.activeNow;
  return lastSeen === undefined ? t.devices.never : t.devices.active(format.when(lastSeen, now));
}
