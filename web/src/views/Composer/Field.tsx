import { useImperativeHandle, useLayoutEffect, useRef, type KeyboardEvent, type ReactElement, type Ref } from "react";
import { useWords } from "../../i18n/Words.tsx";
import styles from "./Composer.module.css";

export interface FieldHandle {
  focus(): void;
  /** What is selected: from, to. */
  selection(): readonly [number, number];
  /** Puts the caret there, once what was set stands in the field. */
  putCaret(at: number): void;
}

interface Props {
  readonly text: string;
  readonly wrong: boolean;
  /** Enter makes a new line for fingers. */
  readonly fingers: boolean;
  readonly enterSends: boolean;
  readonly onChange: (text: string) => void;
  readonly onSend: () => void;
  readonly ref: Ref<FieldHandle>;
}

/** The field of the composer: as high as what is in it; the style sheet says how high at most. */
export function Field({ text, wrong, fingers, enterSends, onChange, onSend, ref }: Props): ReactElement {
  const { t } = useWords();
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    if (area.current === null) return;
    area.current.style.height = "auto";
    area.current.style.height = `${area.current.scrollHeight}px`;
  }, [text]);
  useImperativeHandle(
    ref,
    () => ({
      focus: () => area.current?.focus({ preventScroll: true }),
      selection: () => [area.current?.selectionStart ?? 0, area.current?.selectionEnd ?? 0],
      putCaret: (at) => {
        requestAnimationFrame(() => area.current?.setSelectionRange(at, at));
      },
    }),
    [],
  );
  const byKey = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    const asked = event.ctrlKey || event.metaKey || (enterSends && !fingers && !event.shiftKey);
    if (!asked) return;
    event.preventDefault();
    onSend();
  };
  return (
    <textarea
      ref={area}
      className={styles.input}
      rows={1}
      dir="auto"
      aria-label={t.composer.label}
      placeholder={t.composer.placeholder}
      aria-invalid={wrong || undefined}
      enterKeyHint={fingers ? "enter" : "send"}
      value={text}
      onKeyDown={byKey}
      onChange={(event) => {
        onChange(event.target.value);
      }}
    />
  );
}
