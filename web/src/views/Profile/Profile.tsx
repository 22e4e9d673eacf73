import type { ReactElement, SubmitEvent } from "react";
import { useWords } from "../../i18n/Words.tsx";
import type { Face } from "../../ui/Avatar/face.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { Card } from "../../ui/Card/Card.tsx";
import { DetailPane } from "../../ui/DetailPane/DetailPane.tsx";
import { ListText } from "../../ui/ListItem/ListItem.tsx";
import { PicturePick } from "../../ui/PicturePick/PicturePick.tsx";
import { TextField } from "../../ui/TextField/TextField.tsx";
import styles from "./Profile.module.css";

export interface ProfileSnapshot {
  readonly face: Face;
  readonly handle: string;
  readonly host: string;
  readonly name: string;
  readonly about: string;
  readonly nameError: string | undefined;
  readonly pictureError: string | undefined;
  /** Something differs from what is saved. */
  readonly changed: boolean;
  readonly busy: boolean;
  readonly error: string | undefined;
}

export interface ProfileActions {
  readonly back: () => void;
  readonly setName: (name: string) => void;
  readonly setAbout: (about: string) => void;
  readonly setPicture: (file: File) => void;
  readonly removePicture: () => void;
  readonly save: () => void;
}

interface Props {
  readonly snapshot: ProfileSnapshot;
  readonly actions: ProfileActions;
}

/** What others see of the reader. */
export function Profile({ snapshot, actions }: Props): ReactElement {
  const { t } = useWords();
  const { face, handle, host, name, about, nameError, pictureError, changed, busy, error } = snapshot;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    actions.save();
  };
  return (
    <DetailPane title={t.profile.title} onBack={actions.back}>
      <Card padded>
        <form noValidate onSubmit={submit}>
          <PicturePick face={face} onPick={actions.setPicture} onRemove={actions.removePicture} />
          {pictureError !== undefined && (
            <p className={styles.error} role="alert">
              {pictureError}
            </p>
          )}
          <TextField
            label={t.profile.name}
            value={name}
            maxLength={64}
            autoComplete="name"
            state={nameError === undefined ? { state: "plain" } : { state: "bad", text: nameError }}
            onChange={actions.setName}
          />
          <TextField
            label={t.profile.about}
            hint={t.profile.aboutHint}
            value={about}
            maxLength={160}
            onChange={actions.setAbout}
          />
          {error !== undefined && (
            <p className={styles.error} role="alert">
              {error}
            </p>
          )}
          {changed && (
            <div className={styles.actions}>
              <Button kind="primary" type="submit" busy={busy} label={t.profile.save} />
            </div>
          )}
        </form>
      </Card>
      <Card>
        <ul>
          <li>
            <ListText labelFirst title={t.info.on(handle, host)} text={t.profile.handle} />
          </li>
        </ul>
      </Card>
    </DetailPane>
  );
}
