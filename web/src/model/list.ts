import { computed, source, type Read, type Signal, type Source } from "../base/signal.ts";
import type {
  ChatFilter,
  ChatListActions,
  ChatListContentSnapshot,
  ChatListSnapshot,
  PeopleSnapshot,
} from "../views/ChatList/ChatList.tsx";
import type { ChatRowSnapshot, Preview } from "../views/ChatRow/ChatRow.tsx";
import { chatSettingsOf } from "./chatSettings.ts";
import type { ChatActions } from "./chatActions.ts";
import { directorySearch } from "./directory.ts";
import type { ConversationSummary, Message } from "./ports.ts";
import { hashOf } from "./router.ts";
import { systemOf } from "./rows.ts";
import { attempt, type Session } from "./session.ts";

export interface ListModel {
  readonly snapshot: Signal<ChatListSnapshot>;
  readonly actions: ChatListActions;
  readonly end: () => void;
}

/** What is not read after so long has a skeleton. */
const skeletonAfter = 150;

/** The list of conversations: rows, filter, search. */
export function listModel(session: Session, chats: ChatActions): ListModel {
  const { client, people, router, connection } = session;
  const filter = source<ChatFilter>("all");
  const query = source("");
  const directory = directorySearch(session, query, { emptyFinds: false });
  const row = rowOf(session);
  const waited = source(false);
  const stopWaiting = session.platform.clock.after(skeletonAfter, () => {
    waited.set(true);
  });

  const rows = computed((read) => read(client.conversations).map((summary) => row(read, summary)));
  const loaded = computed((read) => read(client.connection).state !== "opening");

  const content = computed((read): ChatListContentSnapshot => {
    const all = read(rows);
    if (!read(loaded)) return read(waited) ? { state: "loading" } : { state: "rows", rows: all };
    const text = read(query).trim();
    if (text !== "") {
      const found = all.filter(({ title }) => matches(title, text));
      const people = strangers(read(directory.people), read(client.conversations), found);
      return { state: "search", rows: found, people, exact: read(directory.exact) };
    }
    if (all.length === 0) return { state: "empty" };
    return { state: "rows", rows: inOrder(all.filter((one) => passes(one, read(filter)))) };
  });

  const snapshot = computed((read): ChatListSnapshot => {
    const all = read(rows);
    const route = read(router.route);
    return {
      me: read(people.me),
      server: session.platform.host,
      connection: read(connection.snapshot),
      filter: read(filter),
      query: read(query),
      unread: all.filter((one) => passes(one, "unread")).length,
      archived: all.some((one) => one.archived),
      open: route.at === "chat" ? route.id : undefined,
      content: read(content),
    };
  });

  return {
    snapshot,
    actions: actionsOf(session, chats, filter, query),
    end: () => {
      stopWaiting();
      directory.end();
    },
  };
}

function actionsOf(
  session: Session,
  chats: ChatActions,
  filter: Source<ChatFilter>,
  query: Source<string>,
): ChatListActions {
  const { client, router } = session;
  return {
    openSettings: () => {
      router.go({ at: "settings", page: undefined, linking: false });
    },
    newChat: () => {
      router.go({ at: "new_chat" });
    },
    setFilter: filter.set,
    setQuery: query.set,
    act: (id, action) => {
      actOn(chats, id, action);
    },
    openPerson: (person) => {
      query.set("");
      chats.writeTo(person.id);
    },
    connection: {
      reconnect: () => {
        client.connect();
      },
      leave: () => {
        attempt(session, client.signOut());
      },
    },
    hrefOf: (id) => hashOf({ at: "chat", id, info: false, adding: false }),
  };
}

function actOn(chats: ChatActions, id: string, action: Parameters<ChatListActions["act"]>[1]): void {
  switch (action) {
    case "mark_unread":
      chats.set(id, { marked: true });
      break;
    case "mark_read":
      chats.markRead(id);
      break;
    case "pin":
    case "unpin":
      chats.set(id, { pinned: action === "pin" });
      break;
    case "mute":
    case "unmute":
      chats.set(id, { muted: action === "mute" });
      break;
    case "archive":
    case "unarchive":
      chats.setArchived(id, action === "archive");
      break;
    case "leave":
      chats.leave(id);
      break;
  }
}

/** People with whom no conversation is found already. */
function strangers(
  people: PeopleSnapshot,
  summaries: readonly ConversationSummary[],
  found: readonly ChatRowSnapshot[],
): PeopleSnapshot {
  if (people.state !== "found") return people;
  const shown = new Set(found.map(({ id }) => id));
  const known = new Set(summaries.filter(({ id }) => shown.has(id)).map((summary) => summary.with));
  return { state: "found", people: people.people.filter(({ id }) => !known.has(id)) };
}

/** Without regard to case and to marks on letters. */
export function matches(title: string, query: string): boolean {
  const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
  return plain(title).includes(plain(query));
}

function passes(row: ChatRowSnapshot, filter: ChatFilter): boolean {
  switch (filter) {
    case "all":
      return !row.archived;
    case "unread":
      return !row.archived && (row.unread > 0 || row.marked);
    case "groups":
      return !row.archived && row.group;
    case "archived":
      return row.archived;
  }
}

/** Pinned ones first; else as they come, the latest first. */
const inOrder = (rows: readonly ChatRowSnapshot[]): readonly ChatRowSnapshot[] => [
  ...rows.filter(({ pinned }) => pinned),
  ...rows.filter(({ pinned }) => !pinned),
];

/** Makes the row of a conversation: the same object as long as nothing in it changes. */
function rowOf({ client, people, connection }: Session): (read: Read, summary: ConversationSummary) => ChatRowSnapshot {
  const made = new Map<string, { readonly inputs: string; readonly row: ChatRowSnapshot }>();
  return (read, summary) => {
    const { pinned, muted, archived, marked } = chatSettingsOf(summary.settings);
    const { id, kind, unread, activity, last, with: other } = summary;
    const row: ChatRowSnapshot = {
      id,
      title: people.titleOf(read, summary),
      face: people.conversationFace(read, summary),
      // Without a connection nobody knows.
      online:
        kind === "direct" &&
        other !== undefined &&
        !["offline", "connecting"].includes(read(connection.snapshot).state) &&
        read(client.presence(other)).online,
      group: kind === "group" && !summary.left,
      time: last?.ts ?? activity,
      pinned,
      muted,
      archived,
      unread,
      marked,
      preview: previewOf(read, people, summary),
    };
    const inputs = JSON.stringify(row);
    const known = made.get(id);
    if (known?.inputs === inputs) return known.row;
    made.set(id, { inputs, row });
    return row;
  };
}

/** Typing, then a draft, then what was not sent, then the last message. */
function previewOf(read: Read, people: Session["people"], summary: ConversationSummary): Preview {
  const { typing, draft, last, kind } = summary;
  const [who] = typing;
  if (who !== undefined) return { kind: "typing", who: kind === "group" ? people.nameOf(read, who) : undefined };
  if (draft.trim() !== "") return { kind: "draft", text: oneLine(draft) };
  return last === undefined ? { kind: "none" } : lastOf(read, people, last, kind === "group");
}

function lastOf(read: Read, people: Session["people"], last: Message, group: boolean): Preview {
  const { content, mine, state, account } = last;
  switch (content.type) {
    case "text": {
      const text = oneLine(content.text);
      if (state.state === "failed") return { kind: "failed", text };
      return {
        kind: "message",
        author: group && !mine ? people.nameOf(read, account) : undefined,
        tick: mine && state.state !== "incoming" ? state.state : undefined,
        text,
      };
    }
    case "unsupported":
      return { kind: "unsupported" };
    default: {
      const [event] = systemOf(read, people, last, group);
      return event === undefined ? { kind: "none" } : { kind: "system", event };
    }
  }
}

const oneLine = (text: string): string => text.replace(/\s+/gu, " ").trim().slice(0, 200);
