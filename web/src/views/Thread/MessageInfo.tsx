import type { ReactElement } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Button } from "../../ui/Button/Button.tsx";
import { Dialog } from "../../ui/Dialog/Dialog.tsx";
import { Notice } from "../../ui/Notice/Notice.tsx";
import type { MessageSnapshot } from "../Message/Message.tsx";
import styles from "./Thread.module.css";

interface Props {
  readonly message: MessageSnapshot;
  readonly onClose: () => void;
}

/** When a message was written, to the minute, and how far it came. */
export function MessageInfo({ message, onClose }: Props): ReactElement {
  const { t, format } = useWords();
  const { tick, mine, time } = message;
  return (
    <Dialog
      title={t.messageInfo.title}
      onClose={onClose}
      actions={<Button data-first="" label={t.app.close} onClick={onClose} />}
    >
      <dl className={styles.facts}>
        <dt>{mine ? t.messageInfo.sent : t.messageInfo.received}</dt>
        <dd>{format.full(time)}</dd>
        <dt>{t.messageInfo.state}</dt>
        <dd>{t.messageInfo.states[tick ?? "incoming"]}</dd>
      </dl>
      <Notice />
    </Dialog>
  );
}
