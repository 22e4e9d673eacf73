import {
  memo,
  useImperativeHandle,
  useLayoutEffect,
  useReducer,
  useRef,
  useState,
  type KeyboardEventHandler,
  type ReactElement,
  type ReactNode,
  type Ref,
} from "react";
import { useSignal } from "../../base/useSignal.ts";
import type { LogEvents, LogPlace, LogRow, LogStart } from "./LogPlace.ts";
import { LogWindow } from "./LogWindow.ts";
import styles from "./VirtualLog.module.css";

/** What there is to know of one row besides what it says. */
export interface RowState {
  readonly stop: boolean;
  readonly held: boolean;
}

/** What others can ask of a log. */
export interface LogHandle {
  toEnd(): void;
  focus(key: string): void;
}

interface Props<T extends LogRow> {
  readonly label: string;
  /** From the oldest. A row that did not change is the same object. */
  readonly rows: readonly T[];
  /** The last row is the newest that there is. */
  readonly ended: boolean;
  /** Where it begins. Later changes of it mean nothing. */
  readonly start: LogStart;
  /** How tall a row will be, more or less, in px. */
  readonly estimate: (row: T, width: number) => number;
  readonly render: (row: T, state: RowState) => ReactNode;
  /** The row that Tab comes to. */
  readonly stop?: string | undefined;
  /** The row that something of its own is open for. */
  readonly held?: string | undefined;
  readonly events: LogEvents;
  /** Where it was when it goes off the page. */
  readonly onLeave: (place: LogPlace) => void;
  readonly onKeyDown?: KeyboardEventHandler<HTMLElement>;
  readonly ref?: Ref<LogHandle> | undefined;
}

/** A long list of rows of any height, of which those near the window are on the page. */
export function VirtualLog<T extends LogRow>(props: Props<T>): ReactElement {
  const { label, rows, ended, start, estimate, render, stop, held, events, onLeave, onKeyDown, ref } = props;
  const [log] = useState(() => new LogWindow<T>(start, estimate, events));
  const scroller = useRef<HTMLDivElement>(null);
  const leave = useRef(onLeave);
  const view = useSignal(log.view);

  useLayoutEffect(() => {
    log.tell(events);
    leave.current = onLeave;
  });
  useLayoutEffect(() => {
    log.setRows(rows, ended);
  }, [log, rows, ended]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const detach = log.attach(element);
    return () => {
      leave.current(log.place);
      detach();
    };
  }, [log]);
  useLayoutEffect(() => {
    log.committed(view);
  }, [log, view]);
  const [, renderAgain] = useReducer((times: number) => times + 1, 0);
  useLayoutEffect(() => {
    // What was published before the signal had a listener is on the page with the first paint all the same.
    if (log.view.get() !== view) renderAgain();
  }, [log, view]);
  useImperativeHandle(
    ref,
    () => ({
      toEnd: () => {
        log.toEnd();
      },
      focus: (key) => {
        log.focus(key);
      },
    }),
    [log],
  );

  // New messages are announced elsewhere: here rows come and go with scrolling.
  return (
    <div ref={scroller} className={styles.scroller} tabIndex={-1} onKeyDown={onKeyDown}>
      <div className={styles.column} role="log" aria-live="off" aria-label={label}>
        <div className={styles.space} style={{ height: view.before }} />
        {view.rows.map((row) => (
          <Place key={row.key} row={row} log={log} render={render} stop={row.key === stop} held={row.key === held} />
        ))}
        <div className={styles.space} style={{ height: view.after }} />
      </div>
    </div>
  );
}

interface PlaceProps<T extends LogRow> extends RowState {
  readonly row: T;
  readonly log: LogWindow<T>;
  readonly render: (row: T, state: RowState) => ReactNode;
}

/** Rendered again only if something of its own has changed: with another stop those are two of all rows. */
function PlaceOf<T extends LogRow>({ row, log, render, stop, held }: PlaceProps<T>): ReactElement {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (element.current === null) return;
    return log.observe(row.key, element.current);
  }, [log, row.key]);
  return (
    <div ref={element} className={styles.row} data-key={row.key}>
      {render(row, { stop, held })}
    </div>
  );
}

const Place = memo(PlaceOf) as typeof PlaceOf;
