import { computed, source, type Signal } from "../../base/signal.ts";
import type { LogPlace, LogStart } from "../../ui/VirtualLog/LogPlace.ts";
import type { MessageLogActions, MessageLogSnapshot } from "../../views/MessageLog/MessageLog.tsx";
import type { Conversation, ConversationSummary, Id, Message, MessageWindow, Role } from "../ports.ts";
import { rowMaker, unreadKey } from "../rows.ts";
import { attempt, type Session } from "../session.ts";

/** Where conversations were left, until the page is closed. */
export type Places = Map<Id, LogPlace>;

export interface LogModel {
  readonly snapshot: Signal<MessageLogSnapshot | undefined>;
  readonly actions: Omit<MessageLogActions, "menu" | "discard">;
  /** The reader has sent something: what was unread is read. */
  readonly sent: () => void;
  readonly end: () => void;
}

/** A message enters only if it comes while one looks, and not with many others. */
const freshFor = 1_000;
const mostFresh = 3;
/** How often older messages are fetched to find where one was: no more than a window holds at a time. */
const mostFetches = 5;
/** With more unread messages it opens at the end: one would wait for the others. */
const mostUnread = 300;

interface Parts {
  readonly session: Session;
  readonly conversation: Conversation;
  readonly summary: Signal<ConversationSummary | undefined>;
  readonly roles: Signal<ReadonlyMap<Id, Role>>;
  readonly places: Places;
}

/** The messages of an open conversation: where it opens, what is new in it, what has been seen. */
export function logModel({ session, conversation, summary, roles, places }: Parts): LogModel {
  const opened = summary.get();
  const divider = source(
    opened !== undefined && opened.unread > 0 ? { after: opened.read, count: opened.unread } : undefined,
  );
  const fresh = freshMessages(session, conversation.messages);
  const sent = source(0);
  const start = startOf(conversation, places.get(conversation.id), divider.get());
  const seen = seenMessages(session, conversation, summary);
  const make = rowMaker(session.people);
  const rows = computed((read) =>
    make(read, {
      window: read(conversation.messages),
      group: read(summary)?.kind === "group",
      divider: read(divider),
      fresh: read(fresh.keys),
      roles: read(roles),
    }),
  );
  return {
    snapshot: computed((read): MessageLogSnapshot | undefined => {
      const where = read(start.at);
      if (where === undefined) return undefined;
      return {
        rows: read(rows),
        ended: !read(conversation.messages).hasNewer,
        start: where,
        below: read(summary)?.unread ?? 0,
        sent: read(sent),
      };
    }),
    actions: {
      ...loading(conversation),
      retry: (id) => {
        attempt(session, conversation.retry(id));
      },
      seen: seen.see,
      follow: (following) => {
        conversation.setFollowing(following);
      },
      leave: (place) => {
        places.set(conversation.id, place);
      },
    },
    sent: () => {
      divider.set(undefined);
      sent.update((times) => times + 1);
    },
    end: () => {
      start.end();
      fresh.end();
      seen.end();
    },
  };
}

/** Older and newer messages, one request at a time. */
function loading(conversation: Conversation): Pick<MessageLogActions, "loadOlder" | "loadNewer" | "showLatest"> {
  let under = false;
  const once = (wanted: boolean, load: () => Promise<void>): void => {
    if (!wanted || under || conversation.messages.get().loading) return;
    under = true;
    load()
      // Asked for again with the next movement.
      .catch(() => undefined)
      .finally(() => {
        under = false;
      });
  };
  return {
    loadOlder: () => {
      once(conversation.messages.get().hasOlder, () => conversation.loadOlder());
    },
    loadNewer: () => {
      once(conversation.messages.get().hasNewer, () => conversation.loadNewer());
    },
    showLatest: () => {
      conversation.showLatest().catch(() => undefined);
    },
  };
}

/**
 * Where the conversation opens: where it was left, else at what is unread, else at the end. What is not among the messages that
 * are there is fetched, for some steps; until that is known the value is undefined.
 */
function startOf(
  conversation: Conversation,
  place: LogPlace | undefined,
  divider: { readonly after: number; readonly count: number } | undefined,
): { readonly at: Signal<LogStart | undefined>; readonly end: () => void } {
  const start = source<LogStart | undefined>(undefined);
  const wanted: LogStart =
    place?.at === "row"
      ? place
      : divider === undefined || divider.count > mostUnread
        ? { at: "end" }
        : { at: "share", key: unreadKey, share: 1 / 3 };
  const isThere = ({ messages, hasOlder }: MessageWindow): boolean => {
    if (wanted.at === "end" || !hasOlder) return true;
    if (wanted.at === "row") return messages.some(({ key }) => wanted.key.split(" ").includes(key));
    const oldest = messages.find(({ seq }) => seq !== undefined)?.seq ?? Infinity;
    return oldest <= (divider?.after ?? 0);
  };
  let fetches = 0;
  let returning = false;
  const atEnd = (): void => {
    start.set({ at: "end" });
  };
  const look = (): void => {
    const window = conversation.messages.get();
    if (window.loading || start.get() !== undefined) return;
    if (isThere(window)) {
      start.set(wanted);
      return;
    }
    if (fetches >= mostFetches) {
      // On the way back it may have let go of the newest: the end is where those are.
      if (!window.hasNewer) atEnd();
      else if (!returning) {
        returning = true;
        conversation.showLatest().catch(atEnd);
      }
      return;
    }
    fetches++;
    conversation
      .loadOlder()
      .catch(() => {
        fetches = mostFetches;
      })
      .finally(look);
  };
  const end = conversation.messages.subscribe(look);
  look();
  return { at: start, end };
}

/** Keys of messages that came at the end a moment ago. */
function freshMessages(
  { platform }: Session,
  messages: Signal<MessageWindow>,
): { readonly keys: Signal<ReadonlySet<string>>; readonly end: () => void } {
  const none: ReadonlySet<string> = new Set();
  const keys = source(none);
  let before = messages.get();
  let stop: (() => void) | undefined;
  const look = (): void => {
    const now = messages.get();
    const last = before.messages.at(-1);
    const at = last === undefined ? -1 : now.messages.findLastIndex(({ key }) => key === last.key);
    const came = at < 0 || before.hasNewer ? [] : now.messages.slice(at + 1);
    before = now;
    if (came.length === 0 || came.length > mostFresh) return;
    keys.set(new Set([...keys.get(), ...came.map(({ key }) => key)]));
    stop?.();
    stop = platform.clock.after(freshFor, () => {
      keys.set(none);
    });
  };
  const end = messages.subscribe(look);
  return {
    keys,
    end: () => {
      end();
      stop?.();
    },
  };
}

/** What has been in sight while somebody looked is told to be read. */
function seenMessages(
  { platform }: Session,
  conversation: Conversation,
  summary: Signal<ConversationSummary | undefined>,
): { readonly see: (key: string) => void; readonly end: () => void } {
  let last: Message | undefined;
  const tell = (): void => {
    const seq = last?.seq;
    if (seq === undefined || !platform.attended.get()) return;
    if (seq > (summary.get()?.read ?? 0)) conversation.markRead(seq);
  };
  const end = platform.attended.subscribe(tell);
  return {
    see: (key) => {
      const { messages } = conversation.messages.get();
      const at = messages.findIndex((message) => message.key === key);
      // What waits to be sent has no place yet: all before it has been seen.
      const found = messages.slice(0, at + 1).findLast(({ seq }) => seq !== undefined);
      if (found !== undefined && (found.seq ?? 0) > (last?.seq ?? 0)) last = found;
      tell();
    },
    end,
  };
}
