import type { Stories } from "../../gallery/story.ts";
import { Dots } from "./Dots.tsx";

export const stories: Stories = {
  typing: {
    render: () => (
      <p>
        typing
        <Dots />
      </p>
    ),
  },
};
