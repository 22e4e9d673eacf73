import type { Stories } from "../../gallery/story.ts";
import { Check } from "./Check.tsx";

export const stories: Stories = {
  both: {
    render: () => (
      <div style={{ display: "flex", gap: 12 }}>
        <Check on />
        <Check on={false} />
        <Check on disabled />
      </div>
    ),
  },
};
