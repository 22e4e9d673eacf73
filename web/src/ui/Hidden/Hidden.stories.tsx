import type { Stories } from "../../gallery/story.ts";
import { Hidden } from "./Hidden.tsx";

export const stories: Stories = {
  beside: {
    render: () => (
      <p>
        9:41 <Hidden>in the morning</Hidden>
      </p>
    ),
  },
};
