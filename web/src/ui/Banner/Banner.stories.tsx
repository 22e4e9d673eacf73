import { WifiOff } from "lucide-react";
import type { Stories } from "../../gallery/story.ts";
import { Banner, BannerAction } from "./Banner.tsx";

export const stories: Stories = {
  offline: {
    frame: "pane",
    render: () => (
      <Banner icon={WifiOff} title="You’re offline" text="Messages wait here and are sent when you’re back." />
    ),
  },
  action: {
    frame: "pane",
    render: () => (
      <Banner icon={WifiOff} title="Open somewhere else" text="This device is connected from another window.">
        <BannerAction label="Use it here" onClick={() => undefined} />
      </Banner>
    ),
  },
};
