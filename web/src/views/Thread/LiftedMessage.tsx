import type { ReactElement, ReactNode } from "react";
import messageStyles from "../Message/Message.module.css";
import { cx } from "../../base/cx.ts";
import styles from "./Thread.module.css";

/** A bubble above its menu, over the blurred conversation. */
export function LiftedMessage({
  mine,
  children,
}: {
  readonly mine: boolean;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div
      className={cx(
        messageStyles.message,
        mine ? messageStyles.out : messageStyles.in,
        messageStyles.first,
        messageStyles.last,
      )}
    >
      <div className={styles.liftedColumn}>{children}</div>
    </div>
  );
}
