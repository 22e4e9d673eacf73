import type { Stories } from "../../gallery/story.ts";
import { Ripples } from "./Ripples.tsx";

export const stories: Stories = {
  canvas: {
    render: () => (
      <div style={{ position: "relative", isolation: "isolate", height: "20rem", background: "var(--c-canvas)" }}>
        <Ripples />
      </div>
    ),
  },
};
