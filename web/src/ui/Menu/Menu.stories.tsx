import { Archive, BellOff, LogOut, Pin } from "lucide-react";
import type { Stories } from "../../gallery/story.ts";
import { Menu } from "./Menu.tsx";
import { anchorAt } from "./place.ts";

const nothing = (): void => undefined;
const anchor = anchorAt(40, 40);

export const stories: Stories = {
  row: {
    frame: "window",
    render: () => (
      <Menu
        label="Actions for Samir"
        anchor={anchor}
        onClose={nothing}
        items={[
          { kind: "action", key: "pin", label: "Pin", icon: Pin, keys: "P", onSelect: nothing },
          { kind: "action", key: "mute", label: "Mute", icon: BellOff, keys: "M", onSelect: nothing },
          { kind: "action", key: "archive", label: "Archive", icon: Archive, keys: "E", onSelect: nothing },
          { kind: "separator", key: "line" },
          { kind: "action", key: "leave", label: "Leave group", icon: LogOut, danger: true, onSelect: nothing },
        ]}
      />
    ),
  },
};
