import { Check } from "lucide-react";
import { computed, source, type Signal, type Source } from "../../base/signal.ts";
import type { ProfileActions, ProfileSnapshot } from "../../views/Profile/Profile.tsx";
import { choosePicture, pictureError } from "../pictures.ts";
import { reasonOf, type Profile } from "../ports.ts";
import type { Session } from "../session.ts";

export interface ProfileModel {
  readonly snapshot: Signal<ProfileSnapshot>;
  readonly actions: ProfileActions;
}

interface State {
  /** What the server has. */
  readonly saved: Signal<Profile | undefined>;
  /** What was typed; undefined as long as nothing was. */
  readonly name: Source<string | undefined>;
  readonly about: Source<string | undefined>;
  readonly nameError: Source<string | undefined>;
  readonly pictureError: Source<string | undefined>;
  readonly error: Source<string | undefined>;
  readonly busy: Source<boolean>;
}

/** What others see of the reader, while it is changed. */
export function profileModel(session: Session): ProfileModel {
  const { client, people, platform } = session;
  const state: State = {
    saved: computed((read) => {
      const own = read(client.account);
      return own === undefined ? undefined : people.profileOf(read, own.account);
    }),
    name: source<string | undefined>(undefined),
    about: source<string | undefined>(undefined),
    nameError: source<string | undefined>(undefined),
    pictureError: source<string | undefined>(undefined),
    error: source<string | undefined>(undefined),
    busy: source(false),
  };
  return {
    snapshot: computed((read): ProfileSnapshot => {
      const profile = read(state.saved);
      const name = read(state.name) ?? profile?.name ?? "";
      const about = read(state.about) ?? profile?.about ?? "";
      return {
        face: read(people.me),
        handle: read(client.account)?.handle ?? "",
        host: platform.host,
        name,
        about,
        nameError: read(state.nameError),
        pictureError: read(state.pictureError),
        changed: name !== (profile?.name ?? "") || about !== (profile?.about ?? ""),
        busy: read(state.busy),
        error: read(state.error),
      };
    }),
    actions: actionsOf(session, state),
  };
}

function actionsOf(session: Session, state: State): ProfileActions {
  const { client, platform, router, words } = session;
  const withPicture = (doing: Promise<unknown>): void => {
    state.pictureError.set(undefined);
    doing.catch((problem: unknown) => {
      state.pictureError.set(pictureError(words.get(), problem));
    });
  };
  return {
    back: () => {
      router.back({ at: "settings", page: undefined, linking: false });
    },
    setName: (text) => {
      state.nameError.set(undefined);
      state.name.set(text);
    },
    setAbout: state.about.set,
    setPicture: (file) => {
      withPicture(choosePicture(platform, file).then(({ bytes }) => client.profile.putPicture(bytes)));
    },
    removePicture: () => {
      withPicture(client.profile.deletePicture());
    },
    save: () => {
      if (!state.busy.get()) save(session, state);
    },
  };
}

function save({ client, toasts, words }: Session, state: State): void {
  const saved = state.saved.get();
  const typed = { name: state.name.get(), about: state.about.get() };
  const name = (typed.name ?? saved?.name ?? "").trim();
  const about = (typed.about ?? saved?.about ?? "").trim();
  if (name === "") {
    state.nameError.set(words.get().signUp.nameMissing);
    return;
  }
  state.busy.set(true);
  state.error.set(undefined);
  client.profile
    .change({ name, about })
    .then(() => {
      // What was typed meanwhile is not saved yet.
      if (state.name.get() === typed.name) state.name.set(undefined);
      if (state.about.get() === typed.about) state.about.set(undefined);
      toasts.show(words.get().profile.saved, Check);
    })
    .catch((problem: unknown) => {
      state.error.set(reasonOf(problem) === "offline" ? words.get().app.offline : words.get().app.failed);
    })
    .finally(() => {
      state.busy.set(false);
    });
}
