import type { ReactElement } from "react";
import type { Stories } from "../../gallery/story.ts";
import { silent } from "../../gallery/silent.ts";
import { Notifications, type NotificationsSnapshot } from "./Notifications.tsx";

const shown = (part: Partial<NotificationsSnapshot>): ReactElement => (
  <Notifications
    snapshot={{ permission: "granted", on: true, preview: true, sound: false, ...part }}
    actions={silent()}
  />
);

export const stories: Stories = {
  on: { frame: "window", render: () => shown({}) },
  off: { frame: "window", render: () => shown({ on: false, permission: "default" }) },
  blocked: { frame: "window", render: () => shown({ permission: "denied" }) },
  unavailable: { frame: "window", render: () => shown({ permission: "unavailable" }) },
};
