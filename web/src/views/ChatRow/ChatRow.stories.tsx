import { at } from "../../model/fake/demoTime.ts";
import type { Stories } from "../../gallery/story.ts";
import { chatRow, drawnFace } from "../../gallery/samples.ts";
import { ChatRow, type ChatRowSnapshot } from "./ChatRow.tsx";

const rows: readonly ChatRowSnapshot[] = [
  chatRow("New", {
    unread: 3,
    pinned: true,
    preview: {
      kind: "message",
      author: "Malik",
      tick: undefined,
      text: "31 crates so far, still picking and picking on",
    },
  }),
  chatRow("Muted and new", { unread: 120, muted: true }),
  chatRow("Marked", { marked: true }),
  chatRow("Draft", { preview: { kind: "draft", text: "Home by six, can you let the cat in" } }),
  chatRow("Typing", { online: true, preview: { kind: "typing", who: undefined } }),
  chatRow("Typing in a group", { group: true, preview: { kind: "typing", who: "Anouk" } }),
  chatRow("Not sent", { preview: { kind: "failed", text: "The pump is fixed" } }),
  chatRow("Sending", { preview: { kind: "message", author: undefined, tick: "sending", text: "On the train" } }),
  chatRow("Sent", {
    time: at("09:00", 1),
    preview: { kind: "message", author: undefined, tick: "sent", text: "Left" },
  }),
  chatRow("Delivered", {
    time: at("09:00", 3),
    preview: { kind: "message", author: undefined, tick: "delivered", text: "The boiler man" },
  }),
  chatRow("Read", {
    time: at("09:00", 20),
    preview: { kind: "message", author: undefined, tick: "read", text: "Yes" },
  }),
  chatRow("Nothing", { time: undefined, preview: { kind: "none" } }),
  chatRow("Newer", { preview: { kind: "unsupported" } }),
  chatRow("System", { preview: { kind: "system", event: { what: "left", who: { name: "Iver", you: false } } } }),
  chatRow("A very long title that does not fit into one line of a list, however wide", { muted: true, pinned: true }),
];

export const stories: Stories = {
  all: {
    frame: "pane",
    render: () => (
      <ul style={{ overflow: "auto" }}>
        {rows.map((row, index) => (
          <li key={row.id}>
            <ChatRow
              row={row}
              href="#/"
              open={index === 9}
              held={false}
              query=""
              tabIndex={index === 0 ? 0 : -1}
              onMenu={() => undefined}
            />
          </li>
        ))}
      </ul>
    ),
  },
  picture: {
    frame: "pane",
    render: () => (
      <ChatRow
        row={chatRow("Anouk", { face: drawnFace("anouk"), online: true })}
        href="#/"
        open={false}
        held={false}
        query="an"
        tabIndex={0}
        onMenu={() => undefined}
      />
    ),
  },
};
