import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { SystemLine } from "./SystemLine.tsx";
import type { SystemSnapshot } from "./systemText.ts";

const you = { name: "Nora", you: true };
const anouk = { name: "Anouk", you: false };
const theo = { name: "Theo", you: false };

test.each<[string, SystemSnapshot]>([
  ["You made this group", { what: "created", actor: you, name: "" }],
  ["Anouk made the group “Rota”", { what: "created", actor: anouk, name: "Rota" }],
  ["Anouk added Theo and you", { what: "added", actor: anouk, whom: [theo, you] }],
  ["You removed Theo", { what: "removed", actor: you, whom: [theo] }],
  ["Theo left", { what: "left", who: theo }],
  ["Anouk named the group “Rota”", { what: "renamed", actor: anouk, name: "Rota" }],
  ["You changed the picture", { what: "picture", actor: you, there: true }],
  ["Anouk removed the picture", { what: "picture", actor: anouk, there: false }],
  ["Theo is now the owner", { what: "role", who: theo, role: "owner" }],
  ["You are now an admin", { what: "role", who: you, role: "admin" }],
  ["Anouk is no longer an admin", { what: "role", who: anouk, role: "member" }],
  ["Something changed that needs a newer version of Dunlin", { what: "unknown" }],
])("it says: %s", (text, event) => {
  renderView(<SystemLine event={event} />);
  expect(screen.getByText(text)).toBeDefined();
});
