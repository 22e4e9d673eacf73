import type { ReactElement } from "react";
import type { Stories } from "../../gallery/story.ts";
import { face, person } from "../../gallery/samples.ts";
import { silent } from "../../gallery/silent.ts";
import { NewGroup, type NewGroupSnapshot } from "./NewGroup.tsx";

const people: NewGroupSnapshot = {
  step: "people",
  purpose: "new",
  server: "larkmoor.example",
  query: "",
  picked: [person("Anouk"), person("Hana")],
  people: { state: "found", people: [person("Anouk"), person("Bea"), person("Hana"), person("Theo")] },
  most: 1024,
  already: 1,
  busy: false,
  error: undefined,
};
const name: NewGroupSnapshot = {
  step: "name",
  face: face("Rota"),
  name: "Rota",
  picked: [person("Anouk"), person("Hana")],
  nameError: undefined,
  busy: false,
  error: undefined,
};

const shown = (snapshot: NewGroupSnapshot): ReactElement => <NewGroup snapshot={snapshot} actions={silent()} />;

export const stories: Stories = {
  people: { frame: "pane", render: () => shown(people) },
  none: { frame: "pane", render: () => shown({ ...people, picked: [] }) },
  nobody: { frame: "pane", render: () => shown({ ...people, query: "xy", people: { state: "found", people: [] } }) },
  add: { frame: "pane", render: () => shown({ ...people, purpose: "add", already: 12, busy: true }) },
  full: { frame: "pane", render: () => shown({ ...people, error: "A group has at most 1,024 members." }) },
  name: { frame: "pane", render: () => shown(name) },
  unnamed: {
    frame: "pane",
    render: () => shown({ ...name, name: "", face: face(""), nameError: "Give it a name that its members know." }),
  },
};
