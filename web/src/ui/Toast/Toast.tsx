import type { LucideIcon } from "lucide-react";
import { useRef, type ReactElement } from "react";
import { useWords } from "../../i18n/Words.tsx";
import styles from "./Toast.module.css";

export interface ToastSnapshot {
  readonly id: string;
  readonly text: string;
  readonly icon?: LucideIcon | undefined;
  readonly action?: { readonly label: string; readonly onSelect: () => void } | undefined;
}

interface Props {
  readonly toast: ToastSnapshot | undefined;
  /** It stays while it is looked at: under the pointer, or with the focus in it. */
  readonly onHold: (held: boolean) => void;
}

/** One short message at a time. The region is always there, so that what comes into it is read out. */
export function Toast({ toast, onHold }: Props): ReactElement {
  const { t } = useWords();
  return (
    <div className={styles.region} role="status" aria-label={t.toast.region}>
      {toast !== undefined && <Shown key={toast.id} toast={toast} onHold={onHold} />}
    </div>
  );
}

interface ShownProps extends Props {
  readonly toast: ToastSnapshot;
}

function Shown({ toast, onHold }: ShownProps): ReactElement {
  // The pointer may leave while the focus stays, and the other way round.
  const looked = useRef({ pointer: false, focus: false });
  const look = (by: "pointer" | "focus", at: boolean): void => {
    looked.current[by] = at;
    onHold(looked.current.pointer || looked.current.focus);
  };
  return (
    <div
      className={styles.toast}
      onPointerEnter={() => {
        look("pointer", true);
      }}
      onPointerLeave={() => {
        look("pointer", false);
      }}
      onFocus={() => {
        look("focus", true);
      }}
      onBlur={() => {
        look("focus", false);
      }}
    >
      {toast.icon !== undefined && <toast.icon size="1.125rem" strokeWidth={1.75} aria-hidden="true" />}
      <span className={styles.text}>{toast.text}</span>
      {toast.action !== undefined && (
        <button type="button" className={styles.action} onClick={toast.action.onSelect}>
          {toast.action.label}
        </button>
      )}
    </div>
  );
}
