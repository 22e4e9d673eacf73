import { named, words } from "../../gallery/play.ts";
import type { Stories } from "../../gallery/story.ts";
import { Opening } from "./Opening.tsx";

/** For a moment there is nothing. */
const come = async (heading: string): Promise<void> => {
  await named("h1", heading);
};

export const stories: Stories = {
  list: { frame: "window", render: () => <Opening ripples chat={false} />, play: () => come(words().list.title) },
  chat: { frame: "window", render: () => <Opening ripples chat />, play: () => come(words().app.loading) },
};
