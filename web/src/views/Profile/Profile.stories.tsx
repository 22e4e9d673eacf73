import type { ReactElement } from "react";
import type { Stories } from "../../gallery/story.ts";
import { drawnFace } from "../../gallery/samples.ts";
import { silent } from "../../gallery/silent.ts";
import { Profile, type ProfileSnapshot } from "./Profile.tsx";

const shown = (part: Partial<ProfileSnapshot>): ReactElement => (
  <Profile
    snapshot={{
      face: drawnFace("nora"),
      handle: "nora",
      host: "larkmoor.example",
      name: "Nora Lind",
      about: "",
      nameError: undefined,
      pictureError: undefined,
      changed: false,
      busy: false,
      error: undefined,
      ...part,
    }}
    actions={silent()}
  />
);

export const stories: Stories = {
  saved: { frame: "window", render: () => shown({}) },
  changed: { frame: "window", render: () => shown({ about: "Early riser", changed: true }) },
  failed: {
    frame: "window",
    render: () => shown({ changed: true, error: "You’re offline. Nothing was changed.", nameError: "Write a name." }),
  },
};
