import { ArrowLeft } from "lucide-react";
import type { ReactElement, SubmitEvent } from "react";
import { useWords, type Words } from "../../i18n/Words.tsx";
import type { Face } from "../../ui/Avatar/face.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { IconButton } from "../../ui/IconButton/IconButton.tsx";
import { Notice } from "../../ui/Notice/Notice.tsx";
import { PicturePick } from "../../ui/PicturePick/PicturePick.tsx";
import { Shore } from "../../ui/Shore/Shore.tsx";
import { TextField, type FieldState } from "../../ui/TextField/TextField.tsx";
import styles from "./SignUp.module.css";

/** What is known of a handle while it is typed. */
export type HandleState = "empty" | "checking" | "free" | "taken" | "bad" | "look_alike" | "reserved" | "unchecked";

export interface SignUpSnapshot {
  readonly host: string;
  readonly face: Face;
  readonly name: string;
  readonly nameError: string | undefined;
  readonly handle: string;
  readonly handleState: HandleState;
  readonly pictureError: string | undefined;
  readonly busy: boolean;
  readonly error: string | undefined;
}

export interface SignUpActions {
  readonly setName: (name: string) => void;
  readonly setHandle: (handle: string) => void;
  readonly setPicture: (file: File) => void;
  readonly removePicture: () => void;
  readonly submit: () => void;
  readonly back: () => void;
}

interface Props {
  readonly snapshot: SignUpSnapshot;
  readonly actions: SignUpActions;
}

/** Name, handle and picture of who comes in. */
export function SignUp({ snapshot, actions }: Props): ReactElement {
  const { t } = useWords();
  const { host, face, name, nameError, handle, handleState, pictureError, busy, error } = snapshot;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    actions.submit();
  };
  return (
    <Shore pictureOnPhones={false}>
      <form noValidate onSubmit={submit}>
        <div className={styles.back}>
          <IconButton directed icon={ArrowLeft} label={t.app.back} onClick={actions.back} />
        </div>
        <h1>{t.signUp.title}</h1>
        <p className={styles.lead}>{t.signUp.lead}</p>
        <PicturePick face={face} onPick={actions.setPicture} onRemove={actions.removePicture} />
        {pictureError !== undefined && (
          <p className={styles.error} role="alert">
            {pictureError}
          </p>
        )}
        <TextField
          label={t.signUp.name}
          value={name}
          maxLength={64}
          autoComplete="name"
          state={nameError === undefined ? { state: "plain" } : { state: "bad", text: nameError }}
          onChange={actions.setName}
        />
        <TextField
          label={t.signUp.handle}
          prefix="@"
          value={handle}
          maxLength={32}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          hint={handle === "" ? t.signUp.handleHint : t.signUp.findYou(handle, host)}
          state={fieldOf(handleState, handle, t)}
          onChange={actions.setHandle}
        />
        {error !== undefined && (
          <p className={styles.error} role="alert">
            {error}
          </p>
        )}
        <div className={styles.actions}>
          <Button kind="primary" large type="submit" busy={busy} label={t.signUp.continue} />
        </div>
        <Notice />
      </form>
    </Shore>
  );
}

function fieldOf(state: HandleState, handle: string, t: Words["t"]): FieldState {
  switch (state) {
    case "empty":
      return { state: "plain" };
    case "unchecked":
      return { state: "plain" };
    case "checking":
      return { state: "busy", text: t.signUp.checking };
    case "free":
      return { state: "good", text: t.signUp.free };
    case "taken":
      return { state: "bad", text: t.signUp.taken(handle) };
    case "bad":
      return { state: "bad", text: t.signUp.badHandle };
    case "look_alike":
      return { state: "bad", text: t.signUp.lookAlike };
    case "reserved":
      return { state: "bad", text: t.signUp.reserved };
  }
}
