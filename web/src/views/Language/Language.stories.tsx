import type { Stories } from "../../gallery/story.ts";
import { silent } from "../../gallery/silent.ts";
import { Language } from "./Language.tsx";

export const stories: Stories = {
  english: { frame: "window", render: () => <Language snapshot={{ language: "en" }} actions={silent()} /> },
};
