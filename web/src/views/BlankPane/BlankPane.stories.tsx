import type { Stories } from "../../gallery/story.ts";
import { BlankPane } from "./BlankPane.tsx";

export const stories: Stories = {
  ripples: {
    frame: "window",
    render: () => (
      <div style={{ display: "flex", height: "100%", background: "var(--c-canvas)" }}>
        <BlankPane ripples />
      </div>
    ),
  },
};
