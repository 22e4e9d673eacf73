import type { Stories } from "../../gallery/story.ts";
import { SystemLine } from "./SystemLine.tsx";
import type { SystemSnapshot } from "./systemText.ts";

const you = { name: "Nora", you: true };
const anouk = { name: "Anouk", you: false };
const theo = { name: "Theo", you: false };

const events: readonly SystemSnapshot[] = [
  { what: "created", actor: you, name: "" },
  { what: "created", actor: anouk, name: "Allotment rota" },
  { what: "added", actor: anouk, whom: [theo, you] },
  { what: "removed", actor: you, whom: [theo] },
  { what: "left", who: theo },
  { what: "left", who: you },
  { what: "renamed", actor: anouk, name: "Rota" },
  { what: "picture", actor: you, there: true },
  { what: "picture", actor: anouk, there: false },
  { what: "role", who: theo, role: "owner" },
  { what: "role", who: you, role: "admin" },
  { what: "role", who: anouk, role: "member" },
  { what: "unknown" },
];

export const stories: Stories = {
  all: {
    render: () => (
      <div style={{ background: "var(--c-canvas)", padding: 12 }}>
        {events.map((event, at) => (
          <SystemLine key={at} event={event} />
        ))}
      </div>
    ),
  },
};
