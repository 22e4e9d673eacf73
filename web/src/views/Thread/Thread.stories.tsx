import type { ReactElement } from "react";
import type { Stories } from "../../gallery/story.ts";
import { face, messageRow } from "../../gallery/samples.ts";
import { silent } from "../../gallery/silent.ts";
import { openMenu, press } from "../../gallery/play.ts";
import { Thread, type ThreadActions, type ThreadSnapshot } from "./Thread.tsx";

const actions: ThreadActions = {
  header: silent(),
  // Each by its name: the view adds two to them, and what is silent has no names to be copied by.
  log: {
    retry: () => undefined,
    loadOlder: () => undefined,
    loadNewer: () => undefined,
    showLatest: () => undefined,
    seen: () => undefined,
    follow: () => undefined,
    leave: () => undefined,
  },
  composer: silent(),
  copy: () => undefined,
  discard: () => undefined,
  writeTo: () => undefined,
};
const open: ThreadSnapshot = {
  state: "open",
  id: "anouk",
  header: { title: "Anouk", face: face("Anouk"), online: true, status: { kind: "online" }, infoOpen: false },
  log: {
    rows: [
      messageRow("Is that the new almanac?", { mine: true, tick: "read" }),
      messageRow("New one. Page 38"),
      messageRow("Thanks", { mine: true, tick: "failed", failed: "offline" }),
    ],
    ended: true,
    start: { at: "end" },
    below: 0,
    sent: 0,
  },
  composer: { draft: "", enterSends: true, closed: undefined, tooLong: false, emoji: { state: "closed" } },
  announcement: { id: 0, text: "" },
  ripples: true,
};

const shown = (snapshot: ThreadSnapshot): ReactElement => (
  <main
    aria-label="Conversation"
    style={{ display: "flex", flexDirection: "column", height: "100%", background: "var(--c-canvas)" }}
  >
    <Thread snapshot={snapshot} actions={actions} />
  </main>
);

export const stories: Stories = {
  open: { frame: "window", render: () => shown(open) },
  loading: { frame: "window", render: () => shown({ state: "loading", ripples: true }) },
  late: { frame: "window", render: () => shown({ ...open, log: "late" }) },
  menu: {
    frame: "window",
    render: () => shown(open),
    play: () => openMenu('[role="article"] [data-text]', "New one"),
  },
  info: {
    frame: "window",
    render: () => shown(open),
    play: async () => {
      await openMenu('[role="article"] [data-text]', "New one");
      await press('[role="menuitem"]', "Info");
    },
  },
  discard: { frame: "window", render: () => shown(open), play: () => press("p button", "Delete") },
};
