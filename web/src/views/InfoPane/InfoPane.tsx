import { ChevronLeft, X } from "lucide-react";
import { useState, type ReactElement } from "react";
import type { Exactness } from "../../i18n/format.ts";
import { useWords } from "../../i18n/Words.tsx";
import type { Face } from "../../ui/Avatar/face.ts";
import { IconButton } from "../../ui/IconButton/IconButton.tsx";
import { ContactInfo } from "./ContactInfo.tsx";
import { GroupInfo } from "./GroupInfo.tsx";
import { InfoDialogs, type InfoQuestion } from "./InfoDialogs.tsx";
import styles from "./InfoPane.module.css";

export type MemberRole = "owner" | "admin" | "member";

export interface MemberSnapshot {
  readonly id: string;
  readonly name: string;
  readonly handle: string;
  readonly face: Face;
  readonly you: boolean;
  readonly role: MemberRole;
  readonly presence:
    | { readonly kind: "unknown" }
    | { readonly kind: "typing" }
    | { readonly kind: "online" }
    | { readonly kind: "last_seen"; readonly time: number; readonly exactness: Exactness };
}

export interface CommonGroup {
  readonly id: string;
  readonly name: string;
  readonly face: Face;
  readonly text: string;
}

interface Marks {
  readonly muted: boolean;
  readonly pinned: boolean;
  readonly archived: boolean;
}

export interface ContactSnapshot extends Marks {
  readonly kind: "contact";
  readonly name: string;
  readonly handle: string;
  readonly host: string;
  readonly face: Face;
  readonly about: string;
  readonly common: readonly CommonGroup[];
}

export interface GroupSnapshot extends Marks {
  readonly kind: "group";
  readonly name: string;
  readonly face: Face;
  readonly memberCount: number;
  /** Undefined until it is read. */
  readonly members: readonly MemberSnapshot[] | undefined;
  /** The reader's own. */
  readonly role: MemberRole;
  /** The reader is no member any more. */
  readonly left: boolean;
  readonly made: { readonly by: string; readonly time: number } | undefined;
}

export type InfoSnapshot = ContactSnapshot | GroupSnapshot;

export interface InfoActions {
  readonly close: () => void;
  readonly setMuted: (muted: boolean) => void;
  readonly setPinned: (pinned: boolean) => void;
  readonly setArchived: (archived: boolean) => void;
  readonly openGroup: (id: string) => void;
  readonly addMembers: () => void;
  readonly rename: (name: string) => void;
  readonly setPicture: (file: File) => void;
  readonly removePicture: () => void;
  readonly setRole: (member: string, role: MemberRole) => void;
  readonly remove: (member: string) => void;
  readonly writeTo: (member: string) => void;
  readonly leave: () => void;
}

interface Props {
  readonly snapshot: InfoSnapshot;
  readonly actions: InfoActions;
}

/** About a person, or a group. */
export function InfoPane({ snapshot, actions }: Props): ReactElement {
  const { t } = useWords();
  const [question, setQuestion] = useState<InfoQuestion | undefined>(undefined);
  return (
    <>
      <header className={styles.header}>
        <span className={styles.close}>
          <IconButton icon={X} label={t.app.close} onClick={actions.close} />
        </span>
        <span className={styles.back}>
          <IconButton directed icon={ChevronLeft} label={t.app.back} onClick={actions.close} />
        </span>
        <h2 className={styles.title}>{snapshot.kind === "contact" ? t.info.contact : t.info.group}</h2>
      </header>
      <div className={styles.scroll}>
        {snapshot.kind === "contact" ? (
          <ContactInfo snapshot={snapshot} actions={actions} />
        ) : (
          <GroupInfo snapshot={snapshot} actions={actions} onAsk={setQuestion} />
        )}
      </div>
      {question !== undefined && (
        <InfoDialogs
          question={question}
          actions={actions}
          onClose={() => {
            setQuestion(undefined);
          }}
        />
      )}
    </>
  );
}
