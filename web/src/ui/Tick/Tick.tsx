import { Check, CheckCheck, CircleAlert, Clock } from "lucide-react";
import type { ReactElement } from "react";
import { cx } from "../../base/cx.ts";
import { useWords } from "../../i18n/Words.tsx";
import styles from "./Tick.module.css";

/** How far a message of one's own has come. */
export type TickState = "sending" | "sent" | "delivered" | "read" | "failed";

const icons = { sending: Clock, sent: Check, delivered: CheckCheck, read: CheckCheck, failed: CircleAlert };

interface Props {
  readonly state: TickState;
  /** In a list the ticks that say little are greyer. */
  readonly quiet?: boolean;
}

export function Tick({ state, quiet = false }: Props): ReactElement {
  const { t } = useWords();
  const Icon = icons[state];
  return (
    <span
      className={cx(styles.tick, quiet && styles.quiet)}
      role="img"
      aria-label={t.chat.state[state]}
      data-state={state}
    >
      <Icon size="1rem" strokeWidth={state === "read" ? 2.6 : 2} aria-hidden="true" />
    </span>
  );
}
