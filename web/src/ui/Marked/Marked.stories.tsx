import type { Stories } from "../../gallery/story.ts";
import { Marked } from "./Marked.tsx";

export const stories: Stories = {
  found: {
    render: () => (
      <p>
        <Marked text="Anouk and Hana" query="an" />
      </p>
    ),
  },
};
