import type { LucideIcon } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { cx } from "../../base/cx.ts";
import { Mark } from "../Mark/Mark.tsx";
import styles from "./Empty.module.css";

interface Props {
  /** In a circle; without one the bird stands there. */
  readonly icon?: LucideIcon;
  readonly title: string;
  readonly text: string;
  /** What can be done about it. */
  readonly children?: ReactNode;
}

/** Where there is nothing, and why. */
export function Empty({ icon: Icon, title, text, children }: Props): ReactElement {
  return (
    <div className={cx(styles.empty, Icon !== undefined && styles.small)}>
      {Icon === undefined ? (
        <span className={styles.art}>
          <Mark size={84} />
        </span>
      ) : (
        <span className={styles.icon}>
          <Icon size="1.625rem" strokeWidth={1.75} aria-hidden="true" />
        </span>
      )}
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.text}>{text}</p>
      {children !== undefined && <div className={styles.actions}>{children}</div>}
    </div>
  );
}
