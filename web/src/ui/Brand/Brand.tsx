import type { ReactElement } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Mark } from "../Mark/Mark.tsx";
import styles from "./Brand.module.css";

/** The bird with its name. */
export function Brand({ onPicture = false }: { readonly onPicture?: boolean }): ReactElement {
  const { t } = useWords();
  return (
    <p className={styles.brand} data-on-picture={onPicture || undefined}>
      <Mark size={40} onPicture={onPicture} />
      <b>{t.app.name}</b>
    </p>
  );
}
