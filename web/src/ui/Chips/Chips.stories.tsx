import type { Stories } from "../../gallery/story.ts";
import { Chips } from "./Chips.tsx";

export const stories: Stories = {
  filters: {
    frame: "pane",
    render: () => (
      <Chips
        label="Filter"
        value="unread"
        onChange={() => undefined}
        chips={[
          { value: "all", label: "All" },
          { value: "unread", label: "Unread", count: 3 },
          { value: "groups", label: "Groups" },
          { value: "archived", label: "Archived" },
        ]}
      />
    ),
  },
};
