import { ArrowUp, Smile } from "lucide-react";
import { useEffect, useRef, useState, type ReactElement } from "react";
import { touch, useMedia } from "../../base/useMedia.ts";
import { useWords } from "../../i18n/Words.tsx";
import { IconButton } from "../../ui/IconButton/IconButton.tsx";
import { EmojiPicker, type EmojiSnapshot } from "../EmojiPicker/EmojiPicker.tsx";
import styles from "./Composer.module.css";
import { Field, type FieldHandle } from "./Field.tsx";

export interface ComposerSnapshot {
  readonly draft: string;
  /** A key sends; otherwise it makes a new line. Fingers always make a new line. */
  readonly enterSends: boolean;
  /** Why nothing can be written here; undefined if it can. */
  readonly closed: "left" | undefined;
  /** It is longer than one message can be. */
  readonly tooLong: boolean;
  readonly emoji: EmojiSnapshot;
}

export interface ComposerActions {
  readonly setDraft: (text: string) => void;
  readonly send: () => void;
  readonly openEmoji: () => void;
  readonly pickEmoji: (emoji: string) => void;
}

interface Props {
  readonly snapshot: ComposerSnapshot;
  readonly actions: ComposerActions;
}

/** Where one writes. It grows to six lines. */
export function Composer({ snapshot, actions }: Props): ReactElement {
  const { t } = useWords();
  return snapshot.closed === undefined ? (
    <OpenComposer snapshot={snapshot} actions={actions} />
  ) : (
    <p className={styles.closed}>{t.chat.left}</p>
  );
}

function OpenComposer({ snapshot, actions }: Props): ReactElement {
  const { t } = useWords();
  const { draft, enterSends, tooLong, emoji } = snapshot;
  const field = useRef<FieldHandle>(null);
  const fingers = useMedia(touch);
  const [picking, setPicking] = useState<"no" | "beside" | "inside">("no");
  const empty = draft.trim() === "";
  useEffect(() => {
    // A keyboard on the screen would cover what one came to read.
    if (!fingers) field.current?.focus();
  }, [fingers]);

  const send = (): void => {
    if (!empty && !tooLong) actions.send();
    field.current?.focus();
  };
  const insert = (char: string): void => {
    const [from, to] = field.current?.selection() ?? [draft.length, draft.length];
    actions.pickEmoji(char);
    actions.setDraft(draft.slice(0, from) + char + draft.slice(to));
    field.current?.putCaret(from + char.length);
  };
  return (
    <footer className={styles.composer}>
      {tooLong && (
        <p className={styles.error} role="alert">
          {t.composer.tooLong}
        </p>
      )}
      <div className={styles.line}>
        <div className={styles.box}>
          <Field
            ref={field}
            text={draft}
            wrong={tooLong}
            fingers={fingers}
            enterSends={enterSends}
            onChange={actions.setDraft}
            onSend={send}
          />
          <span className={styles.emoji}>
            <IconButton
              icon={Smile}
              label={t.composer.emoji}
              aria-expanded={picking !== "no"}
              aria-haspopup="dialog"
              onClick={(event) => {
                if (picking === "no") actions.openEmoji();
                // Who comes by keys goes on inside; a pointer leaves the caret in the field.
                setPicking(picking !== "no" ? "no" : event.detail === 0 ? "inside" : "beside");
                if (event.detail !== 0 && !fingers) field.current?.focus();
              }}
            />
          </span>
        </div>
        <SendButton empty={empty} onClick={send} />
      </div>
      {picking !== "no" && (
        <div className={styles.picker}>
          <EmojiPicker
            snapshot={emoji}
            takesFocus={picking === "inside"}
            onPick={insert}
            onClose={() => {
              setPicking("no");
              field.current?.focus();
            }}
          />
        </div>
      )}
    </footer>
  );
}

/** With nothing to send it leads to the field. */
function SendButton({ empty, onClick }: { readonly empty: boolean; readonly onClick: () => void }): ReactElement {
  const { t } = useWords();
  return (
    <button
      type="button"
      className={styles.send}
      aria-label={t.composer.send}
      title={t.composer.send}
      data-empty={empty || undefined}
      onClick={onClick}
    >
      <ArrowUp size="1.375rem" strokeWidth={2} aria-hidden="true" />
    </button>
  );
}
