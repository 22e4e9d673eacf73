import type { Stories } from "../../gallery/story.ts";
import { Card } from "./Card.tsx";

export const stories: Stories = {
  padded: {
    render: () => (
      <Card padded title="Theme">
        <p>Something that can be set.</p>
      </Card>
    ),
  },
};
