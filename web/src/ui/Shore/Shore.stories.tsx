import type { Stories } from "../../gallery/story.ts";
import { Shore } from "./Shore.tsx";

export const stories: Stories = {
  plain: {
    frame: "window",
    render: () => (
      <Shore pictureOnPhones>
        <h1>Come in</h1>
      </Shore>
    ),
  },
};
