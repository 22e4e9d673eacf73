import { computed, source, type Signal, type Source } from "../../base/signal.ts";
import type { Catalogue } from "../../i18n/en.ts";
import type { HandleState, SignUpActions, SignUpSnapshot } from "../../views/SignUp/SignUp.tsx";
import { choosePicture, pictureError, type ChosenPicture } from "../pictures.ts";
import { reasonOf } from "../ports.ts";
import type { EntryParts } from "./entry.ts";

export interface SignUpModel {
  readonly snapshot: Signal<SignUpSnapshot>;
  readonly actions: SignUpActions;
  readonly end: () => void;
}

/** The server is asked about a handle once one stops typing for a moment. */
const pause = 300;
const shape = /^[a-z0-9][a-z0-9._-]{1,31}$/u;

const problems: Record<string, HandleState> = {
  "handle-taken": "taken",
  "handle-alike": "look_alike",
  "handle-reserved": "reserved",
  "bad-handle": "bad",
};

interface State {
  readonly name: Source<string>;
  readonly nameError: Source<string | undefined>;
  readonly picture: Source<ChosenPicture | undefined>;
  readonly pictureError: Source<string | undefined>;
  readonly busy: Source<boolean>;
  readonly error: Source<string | undefined>;
  readonly handle: HandleModel;
}

/** Name, handle and picture of who comes in. */
export function signUpModel(parts: EntryParts, invite: Signal<string | undefined>, back: () => void): SignUpModel {
  const state: State = {
    name: source(""),
    nameError: source<string | undefined>(undefined),
    picture: source<ChosenPicture | undefined>(undefined),
    pictureError: source<string | undefined>(undefined),
    busy: source(false),
    error: source<string | undefined>(undefined),
    handle: handleModel(parts, invite),
  };
  return {
    snapshot: computed((read): SignUpSnapshot => ({
      host: parts.platform.host,
      face: { id: read(state.handle.text), name: read(state.name), picture: read(state.picture)?.address },
      name: read(state.name),
      nameError: read(state.nameError),
      handle: read(state.handle.text),
      handleState: read(state.handle.state),
      pictureError: read(state.pictureError),
      busy: read(state.busy),
      error: read(state.error),
    })),
    actions: actionsOf(parts, state, invite, back),
    end: state.handle.end,
  };
}

function actionsOf(
  parts: EntryParts,
  state: State,
  invite: Signal<string | undefined>,
  back: () => void,
): SignUpActions {
  const { platform, words } = parts;
  return {
    back,
    setName: (text) => {
      state.nameError.set(undefined);
      state.name.set(text);
    },
    setHandle: (text) => {
      state.error.set(undefined);
      state.handle.set(text);
    },
    setPicture: (file) => {
      state.pictureError.set(undefined);
      choosePicture(platform, file).then(state.picture.set, (problem: unknown) => {
        state.pictureError.set(pictureError(words.get(), problem));
      });
    },
    removePicture: () => {
      state.picture.set(undefined);
    },
    submit: () => {
      const named = state.name.get().trim() !== "";
      if (!named) state.nameError.set(words.get().signUp.nameMissing);
      if (state.busy.get() || !state.handle.check() || !named) return;
      state.busy.set(true);
      state.error.set(undefined);
      signUp(parts, state, invite.get())
        .catch((problem: unknown) => {
          const reason = reasonOf(problem);
          const wrong = problems[reason];
          if (wrong === undefined) state.error.set(problemText(words.get(), reason));
          else state.handle.refuse(wrong);
        })
        .finally(() => {
          state.busy.set(false);
        });
    },
  };
}

async function signUp({ client, platform }: EntryParts, state: State, invite: string | undefined): Promise<void> {
  await client.signUp({
    handle: state.handle.text.get(),
    name: state.name.get().trim(),
    deviceName: platform.deviceName,
    ...(invite === undefined ? {} : { invite }),
  });
  const chosen = state.picture.get();
  // Who is in is in: a picture can be put at any time.
  if (chosen !== undefined) await client.profile.putPicture(chosen.bytes).catch(() => undefined);
}

interface HandleModel {
  readonly text: Signal<string>;
  readonly state: Signal<HandleState>;
  readonly set: (text: string) => void;
  /** Whether it may be asked for; says what is wrong if not. */
  readonly check: () => boolean;
  readonly refuse: (state: HandleState) => void;
  readonly end: () => void;
}

/** A handle while it is typed: its shape is known here, whether it is free the server knows. */
function handleModel({ client, platform }: EntryParts, invite: Signal<string | undefined>): HandleModel {
  const text = source("");
  const state = source<HandleState>("empty");
  let asked = 0;
  let stop: (() => void) | undefined;
  const ask = (handle: string): void => {
    const own = ++asked;
    const answer = (next: HandleState): void => {
      if (own === asked) state.set(next);
    };
    client.handle(handle, invite.get()).then(
      ({ free }) => {
        answer(free ? "free" : "taken");
      },
      (error: unknown) => {
        answer(problems[reasonOf(error)] ?? "unchecked");
      },
    );
  };
  return {
    text,
    state,
    set: (typed) => {
      const handle = typed.trim().replace(/^@/u, "").toLowerCase();
      text.set(handle);
      stop?.();
      asked++;
      if (handle === "") state.set("empty");
      // The last letter may be still to come.
      else if (!shape.test(handle)) state.set(handle.length < 2 ? "empty" : "bad");
      else {
        state.set("checking");
        stop = platform.clock.after(pause, () => {
          ask(handle);
        });
      }
    },
    check: () => {
      if (!shape.test(text.get())) state.set("bad");
      return ["free", "checking", "unchecked"].includes(state.get());
    },
    refuse: (why) => {
      // Whatever it was asked for before is older than this.
      stop?.();
      asked++;
      state.set(why);
    },
    end: () => {
      stop?.();
    },
  };
}

function problemText(words: Catalogue, reason: string): string {
  switch (reason) {
    case "offline":
      return words.welcome.unreachable;
    case "rate-limited":
      return words.app.tooMany;
    case "invite-expired":
      return words.welcome.expiredTitle;
    case "invite-used":
      return words.welcome.usedTitle;
    case "invite-unknown":
      return words.welcome.unknownTitle;
    case "signup-closed":
    case "sign-up-closed":
      return words.welcome.closedTitle;
    default:
      return words.app.failed;
  }
}
