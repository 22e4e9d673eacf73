import { useCallback, useEffect, useMemo, useRef, useState, type ReactElement } from "react";
import { cx } from "../../base/cx.ts";
import { useWords } from "../../i18n/Words.tsx";
import { DayPill } from "../../ui/DayPill/DayPill.tsx";
import type { ChatLogRow } from "./MessageLog.tsx";
import styles from "./MessageLog.module.css";

/** The day that is shown above while one scrolls. */
export interface Stuck {
  readonly day: number;
  readonly shown: boolean;
}

const goneAfter = 1000;

/** The day of the first row in sight, shown while somebody scrolls and gone a second after that. */
export function useStuckDay(rows: readonly ChatLogRow[]): {
  readonly stuck: Stuck | undefined;
  readonly tell: (key: string) => void;
} {
  const [stuck, setStuck] = useState<Stuck | undefined>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const days = useMemo(() => new Map(rows.map((row) => [row.key, row])), [rows]);
  const known = useRef(days);
  useEffect(() => {
    known.current = days;
  }, [days]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
    },
    [],
  );
  const tell = useCallback((key: string) => {
    const row = known.current.get(key);
    if (row === undefined) return;
    // A day that stands at the edge itself is not shown twice.
    const shown = row.kind !== "day";
    setStuck((now) => (now?.day === row.day && now.shown === shown ? now : { day: row.day, shown }));
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setStuck((now) => (now === undefined ? now : { ...now, shown: false }));
    }, goneAfter);
  }, []);
  return { stuck, tell };
}

export function StuckDay({ stuck }: { readonly stuck: Stuck | undefined }): ReactElement | null {
  const { format, now } = useWords();
  if (stuck === undefined) return null;
  return (
    <div
      className={cx(styles.stuck, stuck.shown && styles.shown)}
      data-stuck={stuck.shown || undefined}
      aria-hidden="true"
    >
      <DayPill label={format.day(stuck.day, now)} />
    </div>
  );
}
