import type { Stories } from "../../gallery/story.ts";
import { Mark } from "./Mark.tsx";

export const stories: Stories = {
  sizes: {
    render: () => (
      <div style={{ display: "flex", gap: 24 }}>
        <Mark size={40} />
        <Mark size={84} />
      </div>
    ),
  },
};
