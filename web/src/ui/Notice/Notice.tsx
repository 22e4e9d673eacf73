import { LockOpen } from "lucide-react";
import type { ReactElement } from "react";
import { cx } from "../../base/cx.ts";
import { useWords } from "../../i18n/Words.tsx";
import styles from "./Notice.module.css";

/** That nothing is encrypted yet, wherever somebody could think that it is; small at the edge of a pane. */
export function Notice({ small = false }: { readonly small?: boolean }): ReactElement {
  const { t } = useWords();
  return (
    <p className={cx(styles.notice, small && styles.small)}>
      <LockOpen size={small ? "0.875rem" : "1.125rem"} strokeWidth={1.75} aria-hidden="true" />
      <span>{t.app.notEncrypted}</span>
    </p>
  );
}
