import type { LucideIcon } from "lucide-react";
import type { ReactElement } from "react";
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
  const hold = (): void => {
    onHold(true);
  };
  const letGo = (): void => {
    onHold(false);
  };
  return (
    <div className={styles.region} role="status" aria-label={t.toast.region}>
      {toast !== undefined && (
        <div
          key={toast.id}
          className={styles.toast}
          onPointerEnter={hold}
          onPointerLeave={letGo}
          onFocus={hold}
          onBlur={letGo}
        >
          {toast.icon !== undefined && <toast.icon size="1.125rem" strokeWidth={1.75} aria-hidden="true" />}
          <span className={styles.text}>{toast.text}</span>
          {toast.action !== undefined && (
            <button type="button" className={styles.action} onClick={toast.action.onSelect}>
              {toast.action.label}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
