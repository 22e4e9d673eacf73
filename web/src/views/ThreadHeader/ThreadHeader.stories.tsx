import type { ReactElement } from "react";
import { at } from "../../model/fake/demoTime.ts";
import type { Stories } from "../../gallery/story.ts";
import { face } from "../../gallery/samples.ts";
import { silent } from "../../gallery/silent.ts";
import { ThreadHeader, type ThreadStatus } from "./ThreadHeader.tsx";

const header = (status: ThreadStatus): ReactElement => (
  <ThreadHeader
    snapshot={{ title: "Anouk", face: face("Anouk"), online: status.kind === "online", status, infoOpen: false }}
    actions={silent()}
  />
);

export const stories: Stories = {
  online: { frame: "window", render: () => header({ kind: "online" }) },
  members: {
    frame: "window",
    render: () => header({ kind: "members", names: ["Malik", "Greta", "Theo", "Hana"], more: 9 }),
  },
  typing: { frame: "window", render: () => header({ kind: "typing", names: [] }) },
  typingTwo: { frame: "window", render: () => header({ kind: "typing", names: ["Anouk", "Theo"] }) },
  typingMany: { frame: "window", render: () => header({ kind: "typing", names: ["Anouk", "Theo", "Malik"] }) },
  lastSeen: {
    frame: "window",
    render: () => header({ kind: "last_seen", time: at("21:10", 1), exactness: "minute" }),
  },
  lastSeenDay: {
    frame: "window",
    render: () => header({ kind: "last_seen", time: at("00:00", 1), exactness: "day" }),
  },
  nothing: { frame: "window", render: () => header({ kind: "none" }) },
  connecting: { frame: "window", render: () => header({ kind: "connecting" }) },
};
