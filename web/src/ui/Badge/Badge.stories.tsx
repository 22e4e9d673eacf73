import type { Stories } from "../../gallery/story.ts";
import { Badge } from "./Badge.tsx";

export const stories: Stories = {
  counts: {
    render: () => (
      <div style={{ display: "flex", gap: 12 }}>
        {[1, 12, 99, 100].map((count) => (
          <Badge key={count} count={count} label={`${count} unread`} />
        ))}
        <Badge count={12} label="12 unread" quiet />
        <Badge count={undefined} label="Marked as unread" />
      </div>
    ),
  },
};
