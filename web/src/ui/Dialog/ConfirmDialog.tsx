import type { ReactElement } from "react";
import { Button } from "../Button/Button.tsx";
import { Dialog } from "./Dialog.tsx";

interface Props {
  /** A question; the answer repeats its verb. */
  readonly title: string;
  readonly text: string;
  /** The answer that cannot be taken back. */
  readonly confirm: string;
  /** The safe one, on which the focus begins. */
  readonly keep: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog({ title, text, confirm, keep, onConfirm, onClose }: Props): ReactElement {
  return (
    <Dialog
      alert
      stacked
      title={title}
      text={text}
      onClose={onClose}
      actions={
        <>
          <Button
            kind="danger"
            label={confirm}
            onClick={() => {
              onClose();
              onConfirm();
            }}
          />
          <Button data-first="" label={keep} onClick={onClose} />
        </>
      }
    />
  );
}
