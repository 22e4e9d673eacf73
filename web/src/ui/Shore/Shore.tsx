import type { ReactElement, ReactNode } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Brand } from "../Brand/Brand.tsx";
import dawn from "./dawn.svg";
import styles from "./Shore.module.css";

interface Props {
  /** On phones the picture stands above, with the brand on it; else it is left out there. */
  readonly pictureOnPhones: boolean;
  readonly children: ReactNode;
}

/** Where one comes in: a quiet shore, and beside it what there is to do. */
export function Shore({ pictureOnPhones, children }: Props): ReactElement {
  const { t } = useWords();
  return (
    <main className={styles.shore} data-phones={pictureOnPhones || undefined}>
      <div className={styles.art}>
        <img src={dawn} alt="" />
        <div className={styles.words}>
          <b>{t.art.title}</b>
          <span>{t.art.text}</span>
        </div>
        <div className={styles.brand}>
          <Brand onPicture />
        </div>
      </div>
      <div className={styles.form}>
        <div className={styles.inner}>{children}</div>
      </div>
    </main>
  );
}
