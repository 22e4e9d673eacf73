import type { Stories } from "../../gallery/story.ts";
import { Spinner } from "./Spinner.tsx";

export const stories: Stories = {
  sizes: {
    render: () => (
      <p>
        <Spinner /> <Spinner small /> Loading
      </p>
    ),
  },
};
