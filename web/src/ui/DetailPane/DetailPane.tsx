import type { ReactElement, ReactNode } from "react";
import { PaneHeader } from "../PaneHeader/PaneHeader.tsx";
import styles from "./DetailPane.module.css";

interface Props {
  readonly title: string;
  readonly onBack: () => void;
  readonly children: ReactNode;
}

/** What stands beside a list of settings: a title, and cards in one column. */
export function DetailPane({ title, onBack, children }: Props): ReactElement {
  return (
    <div className={styles.pane}>
      <PaneHeader detail title={title} onBack={onBack} />
      <div className={styles.scroll}>{children}</div>
    </div>
  );
}
