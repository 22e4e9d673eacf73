import { Moon, Sun, SunMoon } from "lucide-react";
import type { Stories } from "../../gallery/story.ts";
import { Segments } from "./Segments.tsx";

export const stories: Stories = {
  theme: {
    render: () => (
      <div>
        <h3 id="theme">Theme</h3>
        <Segments
          labelledBy="theme"
          value="system"
          onChange={() => undefined}
          segments={[
            { value: "system", label: "System", icon: SunMoon },
            { value: "light", label: "Light", icon: Sun },
            { value: "dark", label: "Dark", icon: Moon },
          ]}
        />
      </div>
    ),
  },
};
