import type { Stories } from "../../gallery/story.ts";
import { VirtualLog } from "./VirtualLog.tsx";

const rows = Array.from({ length: 500 }, (_, at) => ({ key: `${at}`, height: 24 + ((at * 37) % 90) }));
const nothing = (): void => undefined;
const events = {
  onFollow: nothing,
  onTop: nothing,
  onBottom: nothing,
  onLatest: nothing,
  onSeen: nothing,
  onFirst: nothing,
};

export const stories: Stories = {
  rows: {
    frame: "pane",
    render: () => (
      <VirtualLog
        label="Rows"
        rows={rows}
        ended
        start={{ at: "end" }}
        estimate={() => 60}
        events={events}
        onLeave={nothing}
        render={({ key, height }) => (
          <div data-focus="" tabIndex={key === "499" ? 0 : -1} role="article" aria-label={key} style={{ height }}>
            {key}
          </div>
        )}
      />
    ),
  },
};
