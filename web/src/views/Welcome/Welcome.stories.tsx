import type { ReactElement } from "react";
import type { Stories } from "../../gallery/story.ts";
import { drawnFace } from "../../gallery/samples.ts";
import { silent } from "../../gallery/silent.ts";
import { Welcome, type WelcomeSnapshot } from "./Welcome.tsx";

const server = {
  name: "Larkmoor Commons",
  host: "larkmoor.example",
  members: 186,
  since: new Date(2024, 2, 1).getTime(),
};

const shown = (snapshot: WelcomeSnapshot): ReactElement => <Welcome snapshot={snapshot} actions={silent()} />;

export const stories: Stories = {
  invited: {
    frame: "window",
    render: () => shown({ state: "invited", server, from: { ...drawnFace("anouk"), name: "Anouk" } }),
  },
  invitedByNobody: { frame: "window", render: () => shown({ state: "invited", server, from: undefined }) },
  open: { frame: "window", render: () => shown({ state: "open", server }) },
  inviteOnly: { frame: "window", render: () => shown({ state: "invite_only", server }) },
  closed: { frame: "window", render: () => shown({ state: "closed", server }) },
  unknown: { frame: "window", render: () => shown({ state: "bad_invite", server, why: "unknown" }) },
  expired: { frame: "window", render: () => shown({ state: "bad_invite", server, why: "expired" }) },
  used: { frame: "window", render: () => shown({ state: "bad_invite", server, why: "used" }) },
  code: { frame: "window", render: () => shown({ state: "code", server, code: "", busy: false, error: undefined }) },
  wrongCode: {
    frame: "window",
    render: () => shown({ state: "code", server, code: "xyz", busy: false, error: "That invitation is not known" }),
  },
  loading: { frame: "window", render: () => shown({ state: "loading" }) },
  unreachable: { frame: "window", render: () => shown({ state: "unreachable" }) },
};
