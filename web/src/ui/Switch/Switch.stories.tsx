import type { Stories } from "../../gallery/story.ts";
import { Switch } from "./Switch.tsx";

export const stories: Stories = {
  both: {
    render: () => (
      <div style={{ display: "flex", gap: 12 }}>
        <Switch on />
        <Switch on={false} />
        <Switch on disabled />
      </div>
    ),
  },
};
