import { Archive } from "lucide-react";
import type { Stories } from "../../gallery/story.ts";
import { Toast } from "./Toast.tsx";

const nothing = (): void => undefined;

export const stories: Stories = {
  undo: {
    frame: "window",
    render: () => (
      <Toast
        toast={{ id: "1", text: "Chat archived", icon: Archive, action: { label: "Undo", onSelect: nothing } }}
        onHold={nothing}
      />
    ),
  },
  plain: { frame: "window", render: () => <Toast toast={{ id: "2", text: "Copied" }} onHold={nothing} /> },
};
