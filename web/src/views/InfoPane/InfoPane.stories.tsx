import type { ReactElement } from "react";
import { at } from "../../model/fake/demoTime.ts";
import type { Stories } from "../../gallery/story.ts";
import { drawnFace, face } from "../../gallery/samples.ts";
import { silent } from "../../gallery/silent.ts";
import { press } from "../../gallery/play.ts";
import {
  InfoPane,
  type ContactSnapshot,
  type GroupSnapshot,
  type InfoSnapshot,
  type MemberSnapshot,
} from "./InfoPane.tsx";

const marks = { muted: false, pinned: false, archived: false };
const contact: ContactSnapshot = {
  ...marks,
  kind: "contact",
  name: "Anouk",
  handle: "anouk",
  host: "larkmoor.example",
  face: drawnFace("anouk"),
  about: "Mostly in the greenhouse",
  common: [{ id: "rota", name: "Allotment rota", face: face("Allotment rota"), text: "14 members" }],
};
const member = (name: string, part: Partial<MemberSnapshot> = {}): MemberSnapshot => ({
  id: name,
  name,
  handle: name.toLowerCase(),
  face: face(name),
  you: false,
  role: "member",
  presence: { kind: "unknown" },
  ...part,
});
const group: GroupSnapshot = {
  ...marks,
  kind: "group",
  name: "Allotment rota",
  face: face("Allotment rota"),
  memberCount: 9,
  members: [
    member("Nora Lind", { you: true, role: "owner" }),
    member("Malik", { role: "admin", presence: { kind: "online" } }),
    member("Anouk", { presence: { kind: "typing" } }),
    member("Hana", { presence: { kind: "last_seen", time: at("09:37"), exactness: "minute" } }),
    ...["Greta", "Iver", "Odile", "Rosa", "Theo"].map((name) => member(name)),
  ],
  role: "owner",
  left: false,
  made: { by: "Malik", time: at("10:00", 260) },
};

const shown = (snapshot: InfoSnapshot): ReactElement => <InfoPane snapshot={snapshot} actions={silent()} />;

export const stories: Stories = {
  contact: { frame: "pane", render: () => shown(contact) },
  group: { frame: "pane", render: () => shown(group) },
  member: {
    frame: "pane",
    render: () => shown({ ...group, role: "member", muted: true, pinned: true, archived: true }),
  },
  left: { frame: "pane", render: () => shown({ ...group, left: true, role: "member" }) },
  reading: { frame: "pane", render: () => shown({ ...group, members: undefined }) },
  menu: { frame: "pane", render: () => shown(group), play: () => press("li button", "Malik") },
  leave: { frame: "pane", render: () => shown(group), play: () => press("button", "Leave group") },
  rename: { frame: "pane", render: () => shown(group), play: () => press("button", "Change name") },
};
