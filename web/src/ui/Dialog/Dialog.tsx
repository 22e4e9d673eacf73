import { useId, type ReactElement, type ReactNode } from "react";
import { cx } from "../../base/cx.ts";
import styles from "./Dialog.module.css";
import { useModal } from "./useModal.ts";

interface Props {
  readonly title: string;
  /** One sentence or two below the title. */
  readonly text?: string;
  readonly wide?: boolean;
  /** A destructive question: it is read out at once, and the focus begins on the safe answer (`data-first`). */
  readonly alert?: boolean;
  /** Escape, or a press beside it. */
  readonly onClose: () => void;
  /** The answers. */
  readonly actions?: ReactNode;
  /** The answers stand below each other, each as wide as the dialog. */
  readonly stacked?: boolean;
  readonly children?: ReactNode;
}

/** A question over everything else; on phones a sheet at the bottom. */
export function Dialog({
  title,
  text,
  wide = false,
  alert = false,
  onClose,
  actions,
  stacked = false,
  children,
}: Props): ReactElement {
  const id = useId();
  const dialog = useModal(onClose);
  return (
    <dialog
      ref={dialog}
      className={styles.scrim}
      role={alert ? "alertdialog" : undefined}
      aria-labelledby={`${id}-title`}
      aria-describedby={text === undefined ? undefined : `${id}-text`}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className={cx(styles.dialog, wide && styles.wide)}>
        <h2 id={`${id}-title`} className={styles.title}>
          {title}
        </h2>
        {text !== undefined && (
          <p id={`${id}-text`} className={styles.text}>
            {text}
          </p>
        )}
        {children}
        {actions !== undefined && <div className={cx(styles.actions, stacked && styles.stacked)}>{actions}</div>}
      </div>
    </dialog>
  );
}
