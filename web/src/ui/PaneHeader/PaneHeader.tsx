import { ArrowLeft, ChevronLeft } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { cx } from "../../base/cx.ts";
import { IconButton } from "../IconButton/IconButton.tsx";
import styles from "./PaneHeader.module.css";

interface Props {
  readonly title: string;
  /** A small line below the title. */
  readonly note?: string;
  /** A way back; in a pane of details it is there on phones only. */
  readonly onBack?: () => void;
  /** Stands over details, on a surface of its own. */
  readonly detail?: boolean;
  readonly children?: ReactNode;
}

/** The title of a pane, with a way back. */
export function PaneHeader({ title, note, onBack, detail = false, children }: Props): ReactElement {
  const { t } = useWords();
  return (
    <header className={cx(styles.header, detail && styles.detail)}>
      {onBack !== undefined && (
        <span className={cx(detail && styles.onPhones)}>
          <IconButton directed icon={detail ? ChevronLeft : ArrowLeft} label={t.app.back} onClick={onBack} />
        </span>
      )}
      <h1 className={styles.title}>
        {title}
        {note !== undefined && <small className={styles.note}>{note}</small>}
      </h1>
      {children}
    </header>
  );
}
