import type { ReactElement, SubmitEvent } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Avatar } from "../../ui/Avatar/Avatar.tsx";
import type { Face } from "../../ui/Avatar/face.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { PaneHeader } from "../../ui/PaneHeader/PaneHeader.tsx";
import { PicturePick } from "../../ui/PicturePick/PicturePick.tsx";
import { TextField } from "../../ui/TextField/TextField.tsx";
import type { PersonSnapshot } from "../PersonRow/PersonRow.tsx";
import type { NewGroupActions } from "./NewGroup.tsx";
import styles from "./NewGroup.module.css";

export interface NameGroupSnapshot {
  readonly step: "name";
  readonly face: Face;
  readonly name: string;
  readonly picked: readonly PersonSnapshot[];
  /** What is wrong with the name. */
  readonly nameError: string | undefined;
  readonly busy: boolean;
  readonly error: string | undefined;
}

interface Props {
  readonly snapshot: NameGroupSnapshot;
  readonly actions: NewGroupActions;
}

/** The second step of a new group: name and picture. */
export function NameGroup({ snapshot, actions }: Props): ReactElement {
  const { t } = useWords();
  const { face, name, picked, nameError, busy, error } = snapshot;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    actions.make();
  };
  return (
    <>
      <PaneHeader title={t.newGroup.nameTitle} note={t.newGroup.members(picked.length)} onBack={actions.back} />
      <form id="name-group" className={styles.form} noValidate onSubmit={submit}>
        <PicturePick face={face} onPick={actions.setPicture} onRemove={actions.removePicture} />
        <TextField
          label={t.newGroup.name}
          hint={t.newGroup.nameHint}
          value={name}
          maxLength={64}
          state={nameError === undefined ? { state: "plain" } : { state: "bad", text: nameError }}
          onChange={actions.setName}
        />
        <ul className={styles.faces} aria-label={t.newGroup.picked}>
          {picked.map((person) => (
            <li key={person.id}>
              <Avatar face={person.face} size="sm" />
              <span>{person.name}</span>
            </li>
          ))}
        </ul>
      </form>
      <footer className={styles.foot}>
        {error !== undefined && (
          <p className={styles.error} role="alert">
            {error}
          </p>
        )}
        <Button kind="primary" large type="submit" form="name-group" busy={busy} label={t.newGroup.make} />
      </footer>
    </>
  );
}
