import { demoWorld } from "../model/fake/demo.ts";
import { longConversation } from "../model/fake/long.ts";
import { AppStory } from "./AppStory.tsx";
import type { Stories } from "./story.ts";

const long = longConversation(10_000);
const world = { conversations: [long, ...demoWorld.conversations] };

/** The app with a conversation of 10,000 messages, of which older ones are read when one comes near them. */
export const stories: Stories = {
  conversation: { frame: "window", render: () => <AppStory at={`#/c/${long.id}`} world={world} /> },
};
