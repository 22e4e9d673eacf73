import type { Stories } from "../../gallery/story.ts";
import { face } from "../../gallery/samples.ts";
import { silent } from "../../gallery/silent.ts";
import { press } from "../../gallery/play.ts";
import { Settings, type SettingsSnapshot } from "./Settings.tsx";

const snapshot: SettingsSnapshot = {
  me: face("Nora Lind"),
  handle: "nora",
  host: "larkmoor.example",
  version: "0.1",
  notifications: true,
  devices: 3,
  language: "As the system",
  page: "appearance",
};

export const stories: Stories = {
  list: { frame: "pane", render: () => <Settings snapshot={snapshot} actions={silent()} /> },
  logOut: {
    frame: "pane",
    render: () => <Settings snapshot={{ ...snapshot, devices: 1 }} actions={silent()} />,
    play: () => press("button", "Log out"),
  },
};
