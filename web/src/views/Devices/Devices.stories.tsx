import type { ReactElement } from "react";
import { at } from "../../model/fake/demoTime.ts";
import type { Stories } from "../../gallery/story.ts";
import { silent } from "../../gallery/silent.ts";
import { press } from "../../gallery/play.ts";
import { Devices, type DevicesSnapshot } from "./Devices.tsx";

const read: DevicesSnapshot = {
  state: "read",
  devices: [
    { id: "a", name: "Nora’s phone", kind: "phone", current: true, lastSeen: at("09:41") },
    { id: "b", name: "Firefox on the kitchen laptop", kind: "laptop", current: false, lastSeen: at("08:40") },
    { id: "c", name: "Chromium at the shed", kind: "desktop", current: false, lastSeen: undefined },
  ],
};

const shown = (snapshot: DevicesSnapshot): ReactElement => <Devices snapshot={snapshot} actions={silent()} />;

export const stories: Stories = {
  read: { frame: "window", render: () => shown(read) },
  loading: { frame: "window", render: () => shown({ state: "loading" }) },
  failed: { frame: "window", render: () => shown({ state: "failed" }) },
  logOut: { frame: "window", render: () => shown(read), play: () => press("button", "Log out Chromium") },
  rename: { frame: "window", render: () => shown(read), play: () => press("button", "Change name") },
};
