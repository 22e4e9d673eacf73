import { demoWorld } from "../model/fake/demo.ts";
import { longConversation, tallConversation } from "../model/fake/long.ts";
import { AppStory } from "./AppStory.tsx";
import type { Stories } from "./story.ts";

const long = longConversation(10_000);
const tall = tallConversation();
const world = { conversations: [long, ...demoWorld.conversations] };

export const stories: Stories = {
  /** 10,000 messages, of which older ones are read when one comes near them. */
  conversation: { frame: "window", render: () => <AppStory at={`#/c/${long.id}`} world={world} /> },
  /** One message that no window has room for. */
  message: {
    frame: "window",
    render: () => <AppStory at={`#/c/${tall.id}`} world={{ conversations: [tall, ...demoWorld.conversations] }} />,
  },
};
