import type { Stories } from "../../gallery/story.ts";
import { Skeleton } from "./Skeleton.tsx";

export const stories: Stories = {
  both: {
    render: () => (
      <div style={{ display: "grid", gap: 12 }}>
        <Skeleton circle width={3} />
        <Skeleton width={12} />
      </div>
    ),
  },
};
