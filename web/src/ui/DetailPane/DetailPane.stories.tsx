import type { Stories } from "../../gallery/story.ts";
import { Card } from "../Card/Card.tsx";
import { DetailPane } from "./DetailPane.tsx";

export const stories: Stories = {
  plain: {
    frame: "pane",
    render: () => (
      <DetailPane title="Appearance" onBack={() => undefined}>
        <Card padded title="Theme">
          <p>Something that can be set.</p>
        </Card>
      </DetailPane>
    ),
  },
};
