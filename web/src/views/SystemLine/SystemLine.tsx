import type { ReactElement } from "react";
import { useWords } from "../../i18n/Words.tsx";
import styles from "./SystemLine.module.css";
import { systemText, type SystemSnapshot } from "./systemText.ts";

/** What happened to the conversation itself. */
export function SystemLine({ event }: { readonly event: SystemSnapshot }): ReactElement {
  const { t } = useWords();
  return (
    <p className={styles.line}>
      <span>{systemText(t, event)}</span>
    </p>
  );
}
