import type { ReactElement } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Mark } from "../../ui/Mark/Mark.tsx";
import { Notice } from "../../ui/Notice/Notice.tsx";
import { Ripples } from "../../ui/Ripples/Ripples.tsx";
import styles from "./BlankPane.module.css";

/** Beside the list, as long as no conversation is open. */
export function BlankPane({ ripples }: { readonly ripples: boolean }): ReactElement {
  const { t } = useWords();
  return (
    <div className={styles.blank}>
      {ripples && <Ripples />}
      <div className={styles.middle}>
        <span className={styles.mark}>
          <Mark size={72} />
        </span>
        <h2 className={styles.title}>{t.list.pickTitle}</h2>
        <p className={styles.text}>
          {t.list.pickBefore} <kbd>Ctrl</kbd> <kbd>K</kbd> {t.list.pickAfter}
        </p>
      </div>
      <div className={styles.notice}>
        <Notice small />
      </div>
    </div>
  );
}
