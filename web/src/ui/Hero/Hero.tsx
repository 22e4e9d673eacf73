import type { LucideIcon } from "lucide-react";
import type { ReactElement } from "react";
import { Avatar } from "../Avatar/Avatar.tsx";
import type { Face } from "../Avatar/face.ts";
import styles from "./Hero.module.css";

export interface QuickAction {
  readonly key: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly onSelect: () => void;
}

interface Props {
  readonly face: Face;
  readonly title: string;
  readonly text: string;
  readonly actions: readonly QuickAction[];
}

/** Who or what the pane is about, and what one does most with it. */
export function Hero({ face, title, text, actions }: Props): ReactElement {
  return (
    <>
      <div className={styles.hero}>
        <Avatar face={face} size="xxl" />
        <h3 className={styles.title} dir="auto">
          {title}
        </h3>
        <p className={styles.text}>{text}</p>
      </div>
      {actions.length > 0 && (
        <div className={styles.actions}>
          {actions.map(({ key, label, icon: Icon, onSelect }) => (
            <button key={key} type="button" className={styles.action} onClick={onSelect}>
              <Icon size="1.25rem" strokeWidth={1.75} aria-hidden="true" />
              <span>{label}</span>
            </button>
          ))}
        </div>
      )}
    </>
  );
}
