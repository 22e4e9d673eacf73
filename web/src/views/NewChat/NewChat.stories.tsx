import type { ReactElement } from "react";
import type { Stories } from "../../gallery/story.ts";
import { person } from "../../gallery/samples.ts";
import { silent } from "../../gallery/silent.ts";
import { NewChat, type NewChatSnapshot } from "./NewChat.tsx";

const base: NewChatSnapshot = {
  server: "larkmoor.example",
  query: "",
  recent: [person("Anouk", { online: true }), person("Theo")],
  people: { state: "found", people: [person("Bea"), person("Hana")] },
  exact: false,
  error: undefined,
};

const shown = (part: Partial<NewChatSnapshot>): ReactElement => (
  <NewChat snapshot={{ ...base, ...part }} actions={silent()} />
);

export const stories: Stories = {
  everybody: { frame: "pane", render: () => shown({}) },
  exact: { frame: "pane", render: () => shown({ exact: true, people: { state: "none" } }) },
  searching: { frame: "pane", render: () => shown({ query: "ha", recent: [], people: { state: "searching" } }) },
  nobody: { frame: "pane", render: () => shown({ query: "xy", recent: [], people: { state: "found", people: [] } }) },
  failed: { frame: "pane", render: () => shown({ error: "The chat could not be started. You may be offline." }) },
};
