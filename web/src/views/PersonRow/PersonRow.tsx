import type { ReactElement } from "react";
import { Avatar } from "../../ui/Avatar/Avatar.tsx";
import type { Face } from "../../ui/Avatar/face.ts";
import { Check } from "../../ui/Check/Check.tsx";
import { Marked } from "../../ui/Marked/Marked.tsx";
import { useWords } from "../../i18n/Words.tsx";
import styles from "./PersonRow.module.css";

export interface PersonSnapshot {
  readonly id: string;
  readonly name: string;
  readonly handle: string;
  readonly face: Face;
  readonly online: boolean;
}

interface Props {
  readonly person: PersonSnapshot;
  readonly query?: string;
  readonly tabIndex: 0 | -1;
  /** Where people are chosen: whether this one is. */
  readonly chosen?: boolean | undefined;
  readonly onSelect: (person: PersonSnapshot) => void;
}

/** One person to write to, or to choose. */
export function PersonRow({ person, query = "", tabIndex, chosen, onSelect }: Props): ReactElement {
  const { t } = useWords();
  return (
    <button
      type="button"
      className={styles.row}
      data-row={person.id}
      tabIndex={tabIndex}
      role={chosen === undefined ? undefined : "checkbox"}
      aria-checked={chosen}
      aria-label={`${person.name}, @${person.handle}${person.online ? `, ${t.app.online}` : ""}`}
      onClick={() => {
        onSelect(person);
      }}
    >
      <Avatar face={person.face} size="lg" online={person.online} />
      <span className={styles.words}>
        <b className={styles.name}>
          <Marked text={person.name} query={query} />
        </b>
        <span className={styles.handle}>
          @<Marked text={person.handle} query={query.replace(/^@/, "")} />
        </span>
      </span>
      {chosen !== undefined && <Check on={chosen} />}
    </button>
  );
}
