import type { ReactElement } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Mark } from "../Mark/Mark.tsx";
import styles from "./Brand.module.css";

interface Props {
  readonly onPicture?: boolean;
  /** The bird's width in px at the usual text size. */
  readonly size?: number;
}

/** The bird with its name. */
export function Brand({ onPicture = false, size = 40 }: Props): ReactElement {
  const { t } = useWords();
  return (
    <p className={styles.brand} data-on-picture={onPicture || undefined}>
      <Mark size={size} onPicture={onPicture} />
      <b>{t.app.name}</b>
    </p>
  );
}
