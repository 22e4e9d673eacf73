import type { Stories } from "../../gallery/story.ts";
import { drawnFace, face } from "../../gallery/samples.ts";
import { Avatar, type AvatarSize } from "./Avatar.tsx";

const sizes: readonly AvatarSize[] = ["xs", "sm", "md", "lg", "me", "xl", "xxl"];
const names = ["Odile", "Sam", "Nora Lind", "Hugo Nett", "Bea", "Wim", "Elif", "Dora", "李 明", "🐦"];

export const stories: Stories = {
  sizes: {
    render: () => (
      <div style={{ display: "flex", gap: 12, alignItems: "end" }}>
        {sizes.map((size) => (
          <Avatar key={size} face={drawnFace(`anouk ${size}`)} size={size} online={size === "lg" || size === "md"} />
        ))}
      </div>
    ),
  },
  initials: {
    render: () => (
      <div style={{ display: "flex", gap: 12 }}>
        {names.map((name) => (
          <Avatar key={name} face={face(name)} size="lg" />
        ))}
      </div>
    ),
  },
};
