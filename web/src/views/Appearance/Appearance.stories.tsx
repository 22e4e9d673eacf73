import type { Stories } from "../../gallery/story.ts";
import { silent } from "../../gallery/silent.ts";
import { Appearance } from "./Appearance.tsx";

export const stories: Stories = {
  usual: {
    frame: "window",
    render: () => (
      <Appearance
        snapshot={{
          theme: "system",
          textSize: 2,
          ripples: true,
          lessMotion: false,
          systemLessMotion: false,
          enterSends: true,
        }}
        actions={silent()}
      />
    ),
  },
};
