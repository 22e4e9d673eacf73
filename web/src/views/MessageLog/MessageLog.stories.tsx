import type { ReactElement } from "react";
import { at } from "../../model/fake/demoTime.ts";
import { longConversation } from "../../model/fake/long.ts";
import type { Stories } from "../../gallery/story.ts";
import { face, messageRow } from "../../gallery/samples.ts";
import { silent } from "../../gallery/silent.ts";
import { MessageLog, type ChatLogRow, type MessageLogSnapshot } from "./MessageLog.tsx";

const canvas = (part: Partial<MessageLogSnapshot>): ReactElement => (
  <div style={{ display: "flex", flexDirection: "column", height: "100%", background: "var(--c-canvas)" }}>
    <MessageLog
      snapshot={{ rows: [], ended: true, start: { at: "end" }, below: 0, sent: 0, ...part }}
      actions={silent()}
      held={undefined}
    />
  </div>
);

const divider: ChatLogRow = { key: "unread", kind: "unread", space: "group", day: at("09:00"), count: 2 };

const few: readonly ChatLogRow[] = [
  { key: "start", kind: "start", head: true, space: "none", day: at("18:20", 1) },
  { key: "day", kind: "day", space: "none", day: at("18:20", 1) },
  messageRow("First frost at four on Saturday", { time: at("18:20", 1) }),
  { key: "today", kind: "day", space: "day", day: at("09:00") },
  divider,
  messageRow("Is that the new almanac?", { mine: true, tick: "read" }),
  messageRow("New one. Page 38"),
  {
    key: "left",
    kind: "system",
    space: "line",
    day: at("09:00"),
    event: { what: "left", who: { name: "Iver", you: false } },
  },
];

/** Ten thousand messages at once, as rows. */
function many(): readonly ChatLogRow[] {
  const { messages } = longConversation(10_000);
  return messages.map(({ key, ts, mine, content }, index) => ({
    ...messageRow(content.type === "text" ? content.text : "", {
      id: key,
      time: ts,
      mine,
      tick: mine ? "read" : undefined,
      author: { face: face("Anouk"), role: "member" },
      first: index % 3 === 0,
      last: index % 3 === 2,
    }),
    key,
  }));
}

export const stories: Stories = {
  few: { frame: "window", render: () => canvas({ rows: few }) },
  older: {
    frame: "window",
    render: () =>
      canvas({ rows: [{ key: "older", kind: "older", head: true, space: "none", day: at("09:00") }, ...few.slice(1)] }),
  },
  unread: {
    frame: "window",
    render: () =>
      canvas({
        rows: [...many().slice(0, 60), divider, ...many().slice(60, 120)],
        start: { at: "share", key: "unread", share: 1 / 3 },
        below: 60,
      }),
  },
  many: { frame: "window", render: () => canvas({ rows: many() }) },
};
