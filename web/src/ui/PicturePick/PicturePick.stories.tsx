import type { Stories } from "../../gallery/story.ts";
import { drawnFace, face } from "../../gallery/samples.ts";
import { PicturePick } from "./PicturePick.tsx";

const nothing = (): void => undefined;

export const stories: Stories = {
  none: { render: () => <PicturePick face={face("Nora Lind")} onPick={nothing} onRemove={nothing} /> },
  there: { render: () => <PicturePick face={drawnFace("nora")} onPick={nothing} onRemove={nothing} /> },
};
