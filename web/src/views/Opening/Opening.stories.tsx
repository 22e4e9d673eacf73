import type { Stories } from "../../gallery/story.ts";
import { Opening } from "./Opening.tsx";

export const stories: Stories = {
  list: { frame: "window", render: () => <Opening ripples chat={false} /> },
  chat: { frame: "window", render: () => <Opening ripples chat /> },
};
