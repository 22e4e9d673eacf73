import type { LucideIcon } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import styles from "./Banner.module.css";

interface Props {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly text: string;
  readonly children?: ReactNode;
}

/** Says what the network or the server does to everything here. */
export function Banner({ icon: Icon, title, text, children }: Props): ReactElement {
  return (
    <div className={styles.banner}>
      <Icon className={styles.icon} size="1.25rem" strokeWidth={1.75} aria-hidden="true" />
      <div className={styles.words}>
        <b>{title}</b>
        <span>{text}</span>
        {children}
      </div>
    </div>
  );
}

/** What can be done about it. */
export function BannerAction({
  label,
  onClick,
}: {
  readonly label: string;
  readonly onClick: () => void;
}): ReactElement {
  return (
    <button type="button" className={styles.action} onClick={onClick}>
      {label}
    </button>
  );
}
