import type { ReactElement } from "react";
import type { Stories } from "../../gallery/story.ts";
import { drawnFace, message } from "../../gallery/samples.ts";
import { silent } from "../../gallery/silent.ts";
import { Message, type MessageSnapshot } from "./Message.tsx";

const canvas = (messages: readonly MessageSnapshot[]): ReactElement => (
  <div style={{ display: "grid", gap: 4, maxWidth: "51.25rem", padding: 20, background: "var(--c-canvas)" }}>
    {messages.map((one) => (
      <Message key={one.id} message={one} actions={silent()} tabIndex={0} held={one.text === "Held"} />
    ))}
  </div>
);

const author = { face: drawnFace("malik"), role: "owner" } as const;

export const stories: Stories = {
  directed: {
    render: () =>
      canvas([
        message("First of two", { last: false }),
        message(
          "And the last, which is so long that it takes more than one line of a bubble, at every width there is",
          {
            first: false,
          },
        ),
        message("Sending", { mine: true, tick: "sending", last: false }),
        message("Sent", { mine: true, tick: "sent", first: false, last: false }),
        message("Delivered", { mine: true, tick: "delivered", first: false, last: false }),
        message("Read", { mine: true, tick: "read", first: false }),
        message("Held"),
      ]),
  },
  failed: {
    render: () =>
      canvas([
        message("The pump is fixed from our side", { mine: true, tick: "failed", failed: "offline" }),
        message("Hello?", { mine: true, tick: "failed", failed: "removed" }),
        message("Too long", { mine: true, tick: "failed", failed: "too_large" }),
      ]),
  },
  group: {
    render: () =>
      canvas([
        message("Morning all", { group: true, author, last: false }),
        message("Leeks 60, kale 40", { group: true, author, first: false }),
        message("Hello", { group: true, author: { face: drawnFace("theo"), role: "member" } }),
      ]),
  },
  texts: {
    render: () =>
      canvas([
        message("The plan is at https://larkmoor.example/plans/autumn?year=2025 and (see https://larkmoor.example)."),
        message("Look alike: https://lаrkmoor.example/ is another letter"),
        message("Two\nlines"),
        message("مرحبا، كيف حالك؟"),
        message(
          "Averylongwordwithoutanyspaceinitwhichmustbebrokensomewheresothatthebubbledoesnotleavethewindow".repeat(2),
        ),
        message("unsupported", { text: undefined }),
      ]),
  },
};
