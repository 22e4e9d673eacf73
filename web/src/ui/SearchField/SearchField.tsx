import { Search, X } from "lucide-react";
import { useEffect, useRef, type KeyboardEvent, type ReactElement, type Ref } from "react";
import { touch, useMedia } from "../../base/useMedia.ts";
import { IconButton } from "../IconButton/IconButton.tsx";
import styles from "./SearchField.module.css";

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What the cross is called. */
  readonly clearLabel: string;
  /** The keys that lead here, shown while the field is empty. */
  readonly keys?: string;
  /** Escape in the empty field, and the arrow down. */
  readonly onLeave?: (() => void) | undefined;
  readonly onDown?: (() => void) | undefined;
  /** It takes the focus when it comes onto the page, unless one uses fingers: a keyboard on the screen would cover the rest. */
  readonly first?: boolean;
  readonly ref?: Ref<HTMLInputElement>;
}

export function SearchField(props: Props): ReactElement {
  const { label, value, onChange, clearLabel, keys, onLeave, onDown, first = false, ref } = props;
  const box = useRef<HTMLDivElement>(null);
  const fingers = useMedia(touch);
  useEffect(() => {
    if (first && !fingers) box.current?.querySelector("input")?.focus({ preventScroll: true });
  }, [first, fingers]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      event.stopPropagation();
      if (value !== "") onChange("");
      else onLeave?.();
    }
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey;
    if (event.key === "ArrowDown" && plain && onDown !== undefined) {
      event.preventDefault();
      onDown();
    }
  };
  return (
    <div ref={box} className={styles.box}>
      <Search className={styles.icon} strokeWidth={1.75} aria-hidden="true" />
      <input
        ref={ref}
        className={styles.input}
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        enterKeyHint="search"
        onKeyDown={onKeyDown}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
      {value === "" && keys !== undefined && (
        <kbd className={styles.keys} aria-hidden="true">
          {keys}
        </kbd>
      )}
      {value !== "" && (
        <IconButton
          small
          icon={X}
          label={clearLabel}
          onClick={() => {
            onChange("");
            box.current?.querySelector("input")?.focus();
          }}
        />
      )}
    </div>
  );
}
