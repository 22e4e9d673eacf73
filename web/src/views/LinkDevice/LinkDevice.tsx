import { Camera, CircleCheck, Keyboard } from "lucide-react";
import { useState, type ReactElement, type SubmitEvent } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Button } from "../../ui/Button/Button.tsx";
import { Dialog } from "../../ui/Dialog/Dialog.tsx";
import { TextField } from "../../ui/TextField/TextField.tsx";
import styles from "./LinkDevice.module.css";
import { Scanner } from "./Scanner.tsx";

/** How far a new device has come, on the one that lets it in. */
export type LinkDeviceSnapshot =
  | {
      readonly state: "scanning";
      /** Undefined until the camera is on. */ readonly camera: MediaStream | undefined;
      readonly host: string;
    }
  | {
      readonly state: "typing";
      readonly busy: boolean;
      readonly error: string | undefined;
      /** A camera could be used. */
      readonly canScan: boolean;
      /** What came with an address that was opened. */
      readonly code: string;
    }
  | { readonly state: "confirm"; readonly device: string; readonly busy: boolean; readonly error: string | undefined }
  | { readonly state: "done"; readonly device: string };

export interface LinkDeviceActions {
  readonly close: () => void;
  readonly submit: (code: string) => void;
  readonly scan: () => void;
  readonly type: () => void;
  /** A picture of the camera is there to be looked at. */
  readonly look: (video: HTMLVideoElement) => void;
  readonly confirm: () => void;
  readonly refuse: () => void;
}

interface Props {
  readonly snapshot: LinkDeviceSnapshot;
  readonly actions: LinkDeviceActions;
}

/** Lets a new device into the account: its code is scanned or typed, its name is shown, and that is confirmed. */
export function LinkDevice({ snapshot, actions }: Props): ReactElement {
  const { t } = useWords();
  const words = t.linkDevice;
  switch (snapshot.state) {
    case "scanning":
      return <Scanner camera={snapshot.camera} host={snapshot.host} actions={actions} />;
    case "typing":
      return <TypeCode snapshot={snapshot} actions={actions} />;
    case "confirm":
      return (
        <Dialog
          alert
          stacked
          title={words.confirmTitle(snapshot.device)}
          text={words.confirmText}
          onClose={actions.refuse}
          actions={
            <>
              {snapshot.error !== undefined && (
                <p className={styles.error} role="alert">
                  {snapshot.error}
                </p>
              )}
              <Button kind="primary" busy={snapshot.busy} label={words.confirm} onClick={actions.confirm} />
              <Button data-first="" label={words.refuse} onClick={actions.refuse} />
            </>
          }
        />
      );
    case "done":
      return (
        <Dialog
          title={words.done(snapshot.device)}
          text={words.doneText}
          onClose={actions.close}
          actions={<Button data-first="" kind="primary" label={words.ok} onClick={actions.close} />}
        >
          <CircleCheck className={styles.good} size="2.5rem" strokeWidth={1.5} aria-hidden="true" />
        </Dialog>
      );
  }
}

interface TypeCodeProps {
  readonly snapshot: Extract<LinkDeviceSnapshot, { state: "typing" }>;
  readonly actions: LinkDeviceActions;
}

function TypeCode({ snapshot, actions }: TypeCodeProps): ReactElement {
  const { t } = useWords();
  const words = t.linkDevice;
  const [code, setCode] = useState(snapshot.code);
  const { busy, error, canScan } = snapshot;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (code.trim() !== "" && !busy) actions.submit(code);
  };
  return (
    <Dialog
      title={words.title}
      onClose={actions.close}
      stacked
      actions={
        <>
          <Button kind="primary" type="submit" form="link-code" icon={Keyboard} busy={busy} label={words.next} />
          {canScan && <Button icon={Camera} label={words.scanInstead} onClick={actions.scan} />}
        </>
      }
    >
      <form id="link-code" className={styles.form} noValidate onSubmit={submit}>
        <TextField
          code
          data-first=""
          label={words.code}
          hint={words.codeHint}
          value={code}
          maxLength={12}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          state={error === undefined ? { state: "plain" } : { state: "bad", text: error }}
          onChange={(text) => {
            setCode(text.toUpperCase());
          }}
        />
      </form>
    </Dialog>
  );
}
