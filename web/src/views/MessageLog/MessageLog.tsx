import { ChevronDown, LockOpen } from "lucide-react";
import {
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactElement,
  type RefObject,
} from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Badge } from "../../ui/Badge/Badge.tsx";
import { DayPill } from "../../ui/DayPill/DayPill.tsx";
import { Spinner } from "../../ui/Spinner/Spinner.tsx";
import { VirtualLog, type LogHandle, type RowState } from "../../ui/VirtualLog/VirtualLog.tsx";
import type { LogEvents, LogPlace, LogStart } from "../../ui/VirtualLog/LogPlace.ts";
import { Message, type MessageActions, type MessageSnapshot } from "../Message/Message.tsx";
import { SystemLine } from "../SystemLine/SystemLine.tsx";
import type { SystemSnapshot } from "../SystemLine/systemText.ts";
import { estimateOf } from "./estimate.ts";
import styles from "./MessageLog.module.css";
import { StuckDay, useStuckDay } from "./StuckDay.tsx";

/** The space above a row: none, between bubbles of a group, between groups, above a line, above a day. */
export type RowSpace = "none" | "bubble" | "group" | "line" | "day";

interface Common {
  readonly key: string;
  readonly space: RowSpace;
  /** The day that the row belongs to, as any time in it. */
  readonly day: number;
}

/** One row of a conversation. One that did not change is the same object. */
export type ChatLogRow = Common &
  (
    | { readonly kind: "message"; readonly message: MessageSnapshot }
    | { readonly kind: "system"; readonly event: SystemSnapshot }
    | { readonly kind: "day" }
    | { readonly kind: "unread"; readonly count: number }
    /** That nothing is encrypted yet, at the beginning of all; or that there are older ones. */
    | { readonly kind: "start" | "older"; readonly head: true }
  );

export interface MessageLogSnapshot {
  readonly rows: readonly ChatLogRow[];
  /** The last row is the newest that there is. */
  readonly ended: boolean;
  readonly start: LogStart;
  /** What is below the window and not read. */
  readonly below: number;
  /** How often the reader has sent something here: each time the log goes to its end. */
  readonly sent: number;
}

export interface MessageLogActions extends MessageActions {
  readonly loadOlder: () => void;
  readonly loadNewer: () => void;
  readonly showLatest: () => void;
  /** The last message of which at least half is in sight. */
  readonly seen: (key: string) => void;
  readonly follow: (following: boolean) => void;
  readonly leave: (place: LogPlace) => void;
}

interface Props {
  readonly snapshot: MessageLogSnapshot;
  readonly actions: MessageLogActions;
  /** The message whose menu is open. */
  readonly held: string | undefined;
}

/** All messages of a conversation: a long list that stays where it is read. */
export function MessageLog({ snapshot, actions, held }: Props): ReactElement {
  const { t } = useWords();
  const { rows, ended, start, below, sent } = snapshot;
  const log = useRef<LogHandle>(null);
  const [away, setAway] = useState(start.at !== "end");
  const { stop, move, sighted } = useRoving(rows, ended, log);
  const { stuck, tell } = useStuckDay(rows);
  const { loadOlder, loadNewer, showLatest, seen, follow } = actions;

  const events = useMemo<LogEvents>(
    () => ({
      onFollow: (following) => {
        setAway(!following);
        follow(following);
      },
      onTop: loadOlder,
      onBottom: loadNewer,
      onLatest: showLatest,
      onSeen: (key, whole) => {
        seen(key);
        sighted(whole);
      },
      onFirst: tell,
    }),
    [follow, loadOlder, loadNewer, showLatest, seen, sighted, tell],
  );

  const sentBefore = useRef(sent);
  useEffect(() => {
    if (sent !== sentBefore.current) log.current?.toEnd();
    sentBefore.current = sent;
  }, [sent]);

  const render = useCallback(
    (row: ChatLogRow, state: RowState) => (
      <div className={styles.row} data-space={row.space}>
        <Row row={row} actions={actions} tabIndex={state.stop ? 0 : -1} held={state.held} />
      </div>
    ),
    [actions],
  );

  return (
    <div className={styles.frame}>
      <VirtualLog
        ref={log}
        label={t.chat.messages}
        rows={rows}
        ended={ended}
        start={start}
        estimate={estimateOf}
        render={render}
        stop={stop}
        held={held}
        events={events}
        onLeave={actions.leave}
        onKeyDown={move}
      />
      <StuckDay stuck={stuck} />
      {away && (
        <Jump
          below={below}
          onClick={() => {
            log.current?.toEnd();
          }}
        />
      )}
    </div>
  );
}

interface Roving {
  /** The one message that Tab comes to. */
  readonly stop: string | undefined;
  readonly move: (event: KeyboardEvent) => void;
  /** The last row that is wholly in sight is another: browsers move what is cut off when it gets the focus. */
  readonly sighted: (key: string) => void;
}

/** Which message keys begin with, and how they go from one to another. */
function useRoving(rows: readonly ChatLogRow[], ended: boolean, log: RefObject<LogHandle | null>): Roving {
  const [active, setActive] = useState<string | undefined>(undefined);
  const [inSight, setInSight] = useState<string | undefined>(undefined);
  const messages = useMemo(() => rows.filter((row) => row.kind === "message").map(({ key }) => key), [rows]);
  const there = (key: string | undefined): string | undefined =>
    key !== undefined && messages.includes(key) ? key : undefined;
  const stop = there(active) ?? there(inSight) ?? messages.at(-1);
  const move = (event: KeyboardEvent): void => {
    const on = (event.target as HTMLElement).closest<HTMLElement>("[data-key]")?.dataset.key;
    const to = targetOf(event, messages, there(on) ?? stop);
    if (to === undefined) return;
    event.preventDefault();
    if (event.key === "End" && !ended) {
      // The newest are not among those that are here.
      setActive(undefined);
      log.current?.toEnd();
      return;
    }
    setActive(to);
    log.current?.focus(to);
  };
  const sighted = useCallback((key: string): void => {
    setInSight(key);
    // Whoever has scrolled on without the focus begins with what is in sight.
    const focused = document.activeElement?.closest("[data-key]") ?? null;
    if (focused === null) setActive(undefined);
  }, []);
  return { stop, move, sighted };
}

/** Back to the end, with what is new there. */
function Jump({ below, onClick }: { readonly below: number; readonly onClick: () => void }): ReactElement {
  const { t } = useWords();
  return (
    <button
      type="button"
      className={styles.jump}
      aria-label={below > 0 ? t.chat.jumpUnread(below) : t.chat.jump}
      title={t.chat.jump}
      onClick={onClick}
    >
      <ChevronDown size="1.375rem" strokeWidth={1.75} aria-hidden="true" />
      {below > 0 && (
        <span className={styles.below}>
          <Badge count={below} label={t.list.unreadCount(below)} />
        </span>
      )}
    </button>
  );
}

function targetOf(event: KeyboardEvent, keys: readonly string[], from: string | undefined): string | undefined {
  // Within a message only its bubble moves: buttons below a message keep their keys.
  const inside = (event.target as HTMLElement).closest("button, a") !== null;
  if (inside || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || from === undefined)
    return undefined;
  const at = keys.indexOf(from);
  switch (event.key) {
    case "ArrowUp":
      return keys[Math.max(0, at - 1)];
    case "ArrowDown":
      return keys[Math.min(keys.length - 1, at + 1)];
    case "Home":
      return keys[0];
    case "End":
      return keys.at(-1);
    default:
      return undefined;
  }
}

interface RowProps {
  readonly row: ChatLogRow;
  readonly actions: MessageActions;
  readonly tabIndex: 0 | -1;
  readonly held: boolean;
}

function Row({ row, actions, tabIndex, held }: RowProps): ReactElement {
  const { t, format, now } = useWords();
  switch (row.kind) {
    case "message":
      return <Message message={row.message} actions={actions} tabIndex={tabIndex} held={held} />;
    case "system":
      return <SystemLine event={row.event} />;
    case "day":
      return (
        <div className={styles.day} role="separator" aria-label={format.day(row.day, now)}>
          <DayPill label={format.day(row.day, now)} />
        </div>
      );
    case "unread":
      return (
        <div className={styles.unread} role="separator" aria-label={t.chat.unread(row.count)}>
          <span>{t.chat.unread(row.count)}</span>
        </div>
      );
    case "start":
      return (
        <p className={styles.start}>
          <LockOpen size="0.875rem" strokeWidth={1.75} aria-hidden="true" />
          <span>{t.app.notEncrypted}</span>
        </p>
      );
    case "older":
      return (
        <p className={styles.older} role="status">
          <Spinner />
          <span>{t.chat.loadingOlder}</span>
        </p>
      );
  }
}
