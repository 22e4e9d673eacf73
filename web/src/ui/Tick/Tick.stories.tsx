import type { Stories } from "../../gallery/story.ts";
import { Tick, type TickState } from "./Tick.tsx";

const states: readonly TickState[] = ["sending", "sent", "delivered", "read", "failed"];

export const stories: Stories = {
  states: {
    render: () => (
      <div style={{ display: "flex", gap: 12 }}>
        {states.map((state) => (
          <Tick key={state} state={state} />
        ))}
        <Tick state="delivered" quiet />
      </div>
    ),
  },
};
