import { ChevronLeft, PanelRight } from "lucide-react";
import { useId, type ReactElement, type ReactNode } from "react";
import { cx } from "../../base/cx.ts";
import type { Exactness } from "../../i18n/format.ts";
import { useWords } from "../../i18n/Words.tsx";
import { Avatar } from "../../ui/Avatar/Avatar.tsx";
import type { Face } from "../../ui/Avatar/face.ts";
import { Dots } from "../../ui/Dots/Dots.tsx";
import { IconButton } from "../../ui/IconButton/IconButton.tsx";
import { Spinner } from "../../ui/Spinner/Spinner.tsx";
import styles from "./ThreadHeader.module.css";

/** The line below the title. */
export type ThreadStatus =
  | { readonly kind: "none" }
  | { readonly kind: "connecting" }
  | { readonly kind: "typing"; /** In groups: who. */ readonly names: readonly string[] }
  | { readonly kind: "online" }
  | { readonly kind: "last_seen"; readonly time: number; readonly exactness: Exactness }
  | { readonly kind: "members"; readonly names: readonly string[]; readonly more: number };

export interface ThreadHeaderSnapshot {
  readonly title: string;
  readonly face: Face;
  readonly online: boolean;
  readonly status: ThreadStatus;
  readonly infoOpen: boolean;
}

export interface ThreadHeaderActions {
  readonly back: () => void;
  readonly toggleInfo: () => void;
}

interface Props {
  readonly snapshot: ThreadHeaderSnapshot;
  readonly actions: ThreadHeaderActions;
}

/** With whom one writes, and what they are doing. */
export function ThreadHeader({ snapshot, actions }: Props): ReactElement {
  const { t } = useWords();
  const { title, face, online, status, infoOpen } = snapshot;
  const id = useId();
  return (
    <header className={styles.header}>
      <span className={styles.back}>
        <IconButton directed icon={ChevronLeft} label={t.app.back} onClick={actions.back} />
      </span>
      <h1 className={styles.heading}>
        <button
          type="button"
          className={styles.who}
          aria-label={t.chat.openInfo(title)}
          aria-describedby={status.kind === "none" ? undefined : id}
          aria-expanded={infoOpen}
          onClick={actions.toggleInfo}
        >
          <Avatar face={face} size="md" online={online} />
          <span className={styles.words}>
            <b className={styles.title} dir="auto">
              {title}
            </b>
            {status.kind !== "none" && (
              <span id={id} className={cx(styles.status, status.kind === "typing" && styles.typing)}>
                <Status status={status} />
              </span>
            )}
          </span>
        </button>
      </h1>
      <span className={styles.info}>
        <IconButton
          icon={PanelRight}
          directed
          label={t.chat.info}
          aria-expanded={infoOpen}
          onClick={actions.toggleInfo}
        />
      </span>
    </header>
  );
}

function Status({ status }: { readonly status: Exclude<ThreadStatus, { kind: "none" }> }): ReactNode {
  const { t, format, now } = useWords();
  switch (status.kind) {
    case "connecting":
      return (
        <>
          <Spinner small />
          {t.chat.connecting}
        </>
      );
    case "typing":
      return (
        <>
          {status.names.length === 0 ? t.chat.typing : t.chat.typingWho(status.names)}
          <Dots />
        </>
      );
    case "online":
      return t.chat.online;
    case "last_seen":
      return t.chat.lastSeen(format.when(status.time, now, status.exactness));
    case "members":
      return t.chat.members(status.names, status.more);
  }
}
