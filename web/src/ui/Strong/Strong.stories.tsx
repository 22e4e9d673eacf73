import type { Stories } from "../../gallery/story.ts";
import { Strong } from "./Strong.tsx";

export const stories: Stories = {
  sentence: {
    render: () => (
      <p>
        <Strong text="Go to **Settings**, then **Linked devices**" />
      </p>
    ),
  },
};
