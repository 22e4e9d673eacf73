import type { ReactElement } from "react";
import type { Stories } from "../../gallery/story.ts";
import { silent } from "../../gallery/silent.ts";
import { LinkDevice, type LinkDeviceSnapshot } from "./LinkDevice.tsx";

const shown = (snapshot: LinkDeviceSnapshot): ReactElement => <LinkDevice snapshot={snapshot} actions={silent()} />;

export const stories: Stories = {
  scanning: {
    frame: "window",
    render: () => shown({ state: "scanning", camera: undefined, host: "larkmoor.example" }),
  },
  typing: {
    frame: "window",
    render: () => shown({ state: "typing", busy: false, error: undefined, canScan: true, code: "" }),
  },
  unknown: {
    frame: "window",
    render: () =>
      shown({
        state: "typing",
        busy: false,
        error: "No device shows that code. Codes run out after 2 minutes.",
        canScan: false,
        code: "K7QX",
      }),
  },
  confirm: {
    frame: "window",
    render: () => shown({ state: "confirm", device: "Firefox on Linux", busy: false, error: undefined }),
  },
  done: { frame: "window", render: () => shown({ state: "done", device: "Firefox on Linux" }) },
};
