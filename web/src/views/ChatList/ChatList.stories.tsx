import type { ReactElement } from "react";
import type { Stories } from "../../gallery/story.ts";
import { chatRow, face, person } from "../../gallery/samples.ts";
import { silent } from "../../gallery/silent.ts";
import { ChatList, type ChatListActions, type ChatListContentSnapshot, type ChatListSnapshot } from "./ChatList.tsx";

const nothing = (): void => undefined;
const actions: ChatListActions = {
  openSettings: nothing,
  newChat: nothing,
  setFilter: nothing,
  setQuery: nothing,
  act: nothing,
  openPerson: nothing,
  connection: silent(),
  hrefOf: (id) => `#/c/${id}`,
};
const base: ChatListSnapshot = {
  me: face("Nora Lind"),
  server: "larkmoor.example",
  connection: { state: "online" },
  filter: "all",
  query: "",
  unread: 2,
  archived: false,
  open: "Theo",
  content: {
    state: "rows",
    rows: [
      chatRow("Anouk", { unread: 2 }),
      chatRow("Theo"),
      chatRow("Film night", { muted: true, unread: 12, group: true }),
    ],
  },
};

const shown = (part: Partial<ChatListSnapshot>): ReactElement => (
  <ChatList snapshot={{ ...base, ...part }} actions={actions} />
);

const searching = (
  part: Partial<Extract<ChatListContentSnapshot, { state: "search" }>>,
): Partial<ChatListSnapshot> => ({
  query: "an",
  content: { state: "search", rows: [], people: { state: "none" }, exact: false, ...part },
});

export const stories: Stories = {
  rows: { frame: "pane", render: () => shown({}) },
  archived: {
    frame: "pane",
    render: () => shown({ archived: true, filter: "archived", content: { state: "rows", rows: [] } }),
  },
  allRead: {
    frame: "pane",
    render: () => shown({ filter: "unread", unread: 0, content: { state: "rows", rows: [] } }),
  },
  noGroups: { frame: "pane", render: () => shown({ filter: "groups", content: { state: "rows", rows: [] } }) },
  loading: { frame: "pane", render: () => shown({ content: { state: "loading" } }) },
  empty: { frame: "pane", render: () => shown({ content: { state: "empty" } }) },
  found: {
    frame: "pane",
    render: () =>
      shown(
        searching({ rows: [chatRow("Anouk")], people: { state: "found", people: [person("Hana"), person("Ana")] } }),
      ),
  },
  searching: { frame: "pane", render: () => shown(searching({ people: { state: "searching" } })) },
  nothing: { frame: "pane", render: () => shown(searching({ people: { state: "found", people: [] } })) },
  nothingExact: {
    frame: "pane",
    render: () => shown(searching({ people: { state: "found", people: [] }, exact: true })),
  },
  connecting: { frame: "pane", render: () => shown({ connection: { state: "connecting" } }) },
  updating: { frame: "pane", render: () => shown({ connection: { state: "updating" } }) },
  offline: { frame: "pane", render: () => shown({ connection: { state: "offline" } }) },
  insecure: { frame: "pane", render: () => shown({ connection: { state: "insecure" } }) },
  loggedOut: { frame: "pane", render: () => shown({ connection: { state: "refused", reason: "credentials" } }) },
  takenOver: { frame: "pane", render: () => shown({ connection: { state: "refused", reason: "taken_over" } }) },
  full: { frame: "pane", render: () => shown({ connection: { state: "refused", reason: "store" } }) },
};
