import type { Stories } from "../../gallery/story.ts";
import { PaneHeader } from "./PaneHeader.tsx";

export const stories: Stories = {
  list: { frame: "pane", render: () => <PaneHeader title="New group" note="4 of 1,024" onBack={() => undefined} /> },
  detail: { frame: "pane", render: () => <PaneHeader detail title="Appearance" onBack={() => undefined} /> },
};
