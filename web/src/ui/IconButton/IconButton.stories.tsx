import { Info, X } from "lucide-react";
import type { Stories } from "../../gallery/story.ts";
import { IconButton } from "./IconButton.tsx";

export const stories: Stories = {
  sizes: {
    render: () => (
      <div style={{ display: "flex", gap: 12 }}>
        <IconButton icon={Info} label="Info" />
        <IconButton small icon={X} label="Clear" />
        <IconButton disabled icon={Info} label="Not now" />
      </div>
    ),
  },
};
