import type { ReactElement } from "react";
import type { Stories } from "../../gallery/story.ts";
import { drawnFace, face } from "../../gallery/samples.ts";
import { silent } from "../../gallery/silent.ts";
import { SignUp, type SignUpSnapshot } from "./SignUp.tsx";

const base: SignUpSnapshot = {
  host: "larkmoor.example",
  face: face(""),
  name: "",
  nameError: undefined,
  handle: "",
  handleState: "empty",
  pictureError: undefined,
  busy: false,
  error: undefined,
};

const shown = (part: Partial<SignUpSnapshot>): ReactElement => (
  <SignUp snapshot={{ ...base, ...part }} actions={silent()} />
);

export const stories: Stories = {
  empty: { frame: "window", render: () => shown({}) },
  free: {
    frame: "window",
    render: () => shown({ face: drawnFace("nora"), name: "Nora Lind", handle: "nora", handleState: "free" }),
  },
  checking: { frame: "window", render: () => shown({ name: "Nora", handle: "nora", handleState: "checking" }) },
  taken: { frame: "window", render: () => shown({ name: "Nora", handle: "anouk", handleState: "taken" }) },
  bad: { frame: "window", render: () => shown({ name: "Nora", handle: "n!", handleState: "bad" }) },
  missing: { frame: "window", render: () => shown({ nameError: "Write the name that people know you by." }) },
  failed: {
    frame: "window",
    render: () =>
      shown({
        name: "Nora",
        handle: "nora",
        handleState: "free",
        busy: true,
        error: "That did not work. Nothing was changed.",
      }),
  },
  picture: {
    frame: "window",
    render: () => shown({ pictureError: "This is no picture that can be shown. Choose a JPEG, PNG or WebP." }),
  },
};
