import type { Stories } from "../../gallery/story.ts";
import type { EmojiGroup } from "./emoji.ts";
import { EmojiPicker, type EmojiSnapshot } from "./EmojiPicker.tsx";

const nothing = (): void => undefined;
const groups: readonly EmojiGroup[] = [
  {
    name: "people",
    emoji: [
      { char: "😀", name: "grinning face", tags: "smile" },
      { char: "🙏", name: "folded hands", tags: "please thanks" },
      { char: "👍", name: "thumbs up", tags: "yes" },
    ],
  },
  { name: "nature", emoji: [{ char: "🐦", name: "bird", tags: "animal" }] },
];
const ready: EmojiSnapshot = { state: "ready", groups, recent: groups[1]?.emoji ?? [] };

export const stories: Stories = {
  ready: { render: () => <EmojiPicker takesFocus={false} snapshot={ready} onPick={nothing} onClose={nothing} /> },
  loading: {
    render: () => <EmojiPicker takesFocus={false} snapshot={{ state: "loading" }} onPick={nothing} onClose={nothing} />,
  },
  failed: {
    render: () => <EmojiPicker takesFocus={false} snapshot={{ state: "failed" }} onPick={nothing} onClose={nothing} />,
  },
};
