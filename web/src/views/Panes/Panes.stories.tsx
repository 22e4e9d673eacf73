import type { ReactElement } from "react";
import type { Stories } from "../../gallery/story.ts";
import { Panes } from "./Panes.tsx";

const labels = { list: "Chats", main: "Conversation", info: "Chat info" };
const shown = (main: boolean, info: boolean): ReactElement => (
  <Panes
    list={<h1>List</h1>}
    main={main ? <h1>Conversation</h1> : undefined}
    blank={<h2>Nothing is open</h2>}
    info={info ? <h2>Info</h2> : undefined}
    labels={labels}
  />
);

export const stories: Stories = {
  list: { frame: "window", render: () => shown(false, false) },
  main: { frame: "window", render: () => shown(true, false) },
  info: { frame: "window", render: () => shown(true, true) },
};
