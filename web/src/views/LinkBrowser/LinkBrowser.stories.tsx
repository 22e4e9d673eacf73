import type { ReactElement } from "react";
import type { Stories } from "../../gallery/story.ts";
import { silent } from "../../gallery/silent.ts";
import { LinkBrowser, type LinkBrowserSnapshot } from "./LinkBrowser.tsx";

const shown = (snapshot: LinkBrowserSnapshot): ReactElement => <LinkBrowser snapshot={snapshot} actions={silent()} />;

export const stories: Stories = {
  waiting: {
    frame: "window",
    render: () =>
      shown({ state: "waiting", code: "K7QX-M2RD", address: "https://larkmoor.example/#link=K7QXM2RD", left: 42 }),
  },
  making: { frame: "window", render: () => shown({ state: "making" }) },
  seen: { frame: "window", render: () => shown({ state: "seen" }) },
  linked: { frame: "window", render: () => shown({ state: "linked" }) },
  refused: { frame: "window", render: () => shown({ state: "refused" }) },
  failed: { frame: "window", render: () => shown({ state: "failed" }) },
};
