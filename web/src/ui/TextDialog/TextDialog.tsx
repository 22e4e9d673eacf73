import { useState, type ReactElement, type SubmitEvent } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Button } from "../Button/Button.tsx";
import { Dialog } from "../Dialog/Dialog.tsx";
import { TextField } from "../TextField/TextField.tsx";

interface Props {
  readonly title: string;
  readonly label: string;
  readonly initial: string;
  readonly maxLength: number;
  /** Said if nothing was written; without it, nothing is fine. */
  readonly missing?: string;
  readonly onSave: (text: string) => void;
  readonly onClose: () => void;
}

/** Asks for one line. */
export function TextDialog({ title, label, initial, maxLength, missing, onSave, onClose }: Props): ReactElement {
  const { t } = useWords();
  const [text, setText] = useState(initial);
  const [wrong, setWrong] = useState(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (text.trim() === "" && missing !== undefined) {
      setWrong(true);
      // What is missing is read out with the field.
      event.currentTarget.querySelector("input")?.focus();
      return;
    }
    onClose();
    if (text.trim() !== initial) onSave(text.trim());
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button label={t.app.cancel} onClick={onClose} />
          <Button kind="primary" type="submit" form="text-dialog" label={t.app.save} />
        </>
      }
    >
      <form id="text-dialog" noValidate style={{ marginTop: "var(--s-4)" }} onSubmit={submit}>
        <TextField
          label={label}
          value={text}
          maxLength={maxLength}
          data-first=""
          state={wrong && missing !== undefined ? { state: "bad", text: missing } : { state: "plain" }}
          onChange={(next) => {
            setWrong(false);
            setText(next);
          }}
        />
      </form>
    </Dialog>
  );
}
