import type { ReactElement } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { ConfirmDialog } from "../../ui/Dialog/ConfirmDialog.tsx";
import { TextDialog } from "../../ui/TextDialog/TextDialog.tsx";
import type { InfoActions } from "./InfoPane.tsx";

/** What is asked before something is done that cannot be taken back, or needs a word. */
export type InfoQuestion =
  | { readonly kind: "leave"; readonly group: string }
  | { readonly kind: "remove"; readonly member: string; readonly name: string }
  | { readonly kind: "owner"; readonly member: string; readonly name: string }
  | { readonly kind: "rename"; readonly name: string };

interface Props {
  readonly question: InfoQuestion;
  readonly actions: InfoActions;
  readonly onClose: () => void;
}

export function InfoDialogs({ question, actions, onClose }: Props): ReactElement {
  const { t } = useWords();
  const words = t.info;
  switch (question.kind) {
    case "leave":
      return (
        <ConfirmDialog
          title={words.leaveTitle(question.group)}
          text={words.leaveText}
          confirm={words.leave}
          keep={words.stay}
          onConfirm={actions.leave}
          onClose={onClose}
        />
      );
    case "remove":
      return (
        <ConfirmDialog
          title={words.removeTitle(question.name)}
          text={words.removeText(question.name)}
          confirm={words.remove}
          keep={words.keep}
          onConfirm={() => {
            actions.remove(question.member);
          }}
          onClose={onClose}
        />
      );
    case "owner":
      return (
        <ConfirmDialog
          title={words.ownerTitle(question.name)}
          text={words.ownerText}
          confirm={words.makeOwnerConfirm}
          keep={words.keepOwner}
          onConfirm={() => {
            actions.setRole(question.member, "owner");
          }}
          onClose={onClose}
        />
      );
    case "rename":
      return (
        <TextDialog
          title={words.renameTitle}
          label={t.newGroup.name}
          initial={question.name}
          maxLength={64}
          missing={t.newGroup.nameMissing}
          onSave={actions.rename}
          onClose={onClose}
        />
      );
  }
}
