import { Bell, LogOut, Palette, Users } from "lucide-react";
import type { Stories } from "../../gallery/story.ts";
import { Tag } from "../Tag/Tag.tsx";
import { ListButton, ListSwitch, ListText } from "./ListItem.tsx";

const nothing = (): void => undefined;

export const stories: Stories = {
  kinds: {
    frame: "pane",
    render: () => (
      <ul>
        <li>
          <ListButton chevron icon={Bell} title="Notifications" text="On while the app is open" onClick={nothing} />
        </li>
        <li>
          <ListSwitch icon={Palette} title="Sand ripples behind messages" on onChange={nothing} />
        </li>
        <li>
          <ListSwitch
            icon={Palette}
            title="Less motion"
            text="Follows your system: off"
            on={false}
            onChange={nothing}
          />
        </li>
        <li>
          <ListText labelFirst title="Counting birds, losing pencils" text="About" />
        </li>
        <li>
          <ListButton icon={Users} title="Malik" value={<Tag label="Admin" />} onClick={nothing} />
        </li>
        <li>
          <ListButton tone="danger" icon={LogOut} title="Leave group" onClick={nothing} />
        </li>
      </ul>
    ),
  },
  looks: {
    frame: "pane",
    render: () => (
      <ul>
        <li>
          <ListButton look="circle" icon={Users} title="New group" onClick={nothing} />
        </li>
        <li>
          <ListButton look="tile" chevron icon={Bell} title="Notifications" text="Off" onClick={nothing} />
        </li>
        <li>
          <ListButton look="tile" chevron current icon={Palette} title="Appearance" text="Theme" onClick={nothing} />
        </li>
        <li>
          <ListButton look="tile" tone="danger" icon={LogOut} title="Log out" onClick={nothing} />
        </li>
      </ul>
    ),
  },
};
