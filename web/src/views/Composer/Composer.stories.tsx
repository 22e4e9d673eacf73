import type { ReactElement } from "react";
import type { Stories } from "../../gallery/story.ts";
import { silent } from "../../gallery/silent.ts";
import { Composer, type ComposerSnapshot } from "./Composer.tsx";

const base: ComposerSnapshot = {
  draft: "",
  enterSends: true,
  closed: undefined,
  tooLong: false,
  emoji: { state: "closed" },
};

const shown = (part: Partial<ComposerSnapshot>): ReactElement => (
  <div style={{ height: "100%", paddingTop: "30rem", background: "var(--c-canvas)" }}>
    <Composer snapshot={{ ...base, ...part }} actions={silent()} />
  </div>
);

export const stories: Stories = {
  empty: { frame: "window", render: () => shown({}) },
  draft: { frame: "window", render: () => shown({ draft: "Found it. The spring one is still on the board" }) },
  long: { frame: "window", render: () => shown({ draft: "One line, and another\n".repeat(9) }) },
  tooLong: { frame: "window", render: () => shown({ draft: "So long", tooLong: true }) },
  left: { frame: "window", render: () => shown({ closed: "left" }) },
};
