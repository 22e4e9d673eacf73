import { MessageCirclePlus, Search } from "lucide-react";
import type { Stories } from "../../gallery/story.ts";
import { Button } from "../Button/Button.tsx";
import { Empty } from "./Empty.tsx";

export const stories: Stories = {
  bird: {
    frame: "pane",
    render: () => (
      <Empty title="Quiet for now" text="Your chats appear here. Start with someone you know.">
        <Button kind="primary" icon={MessageCirclePlus} label="New chat" />
      </Empty>
    ),
  },
  icon: {
    frame: "pane",
    render: () => <Empty icon={Search} title="Nothing found" text="No chat or person matches “sandbox key”." />,
  },
};
