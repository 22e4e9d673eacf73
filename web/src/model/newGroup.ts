import { computed, source, type Signal, type Source } from "../base/signal.ts";
import type { NewGroupActions, NewGroupSnapshot } from "../views/NewGroup/NewGroup.tsx";
import type { PersonSnapshot } from "../views/PersonRow/PersonRow.tsx";
import { directorySearch } from "./directory.ts";
import { choosePicture, pictureError, type ChosenPicture } from "./pictures.ts";
import { reasonOf, type Id } from "./ports.ts";
import type { Session } from "./session.ts";
import { contactsOf } from "./newChat.ts";

/** As many members as the server lets a group have. */
export const mostMembers = 1024;

export interface NewGroupModel {
  readonly snapshot: Signal<NewGroupSnapshot>;
  readonly actions: NewGroupActions;
  readonly end: () => void;
}

interface State {
  readonly step: Source<"people" | "name">;
  readonly query: Source<string>;
  readonly picked: Source<readonly PersonSnapshot[]>;
  readonly name: Source<string>;
  readonly nameError: Source<string | undefined>;
  readonly picture: Source<ChosenPicture | undefined>;
  readonly busy: Source<boolean>;
  readonly error: Source<string | undefined>;
}

/** Members for a group: a new one, or one that there is (`into`, with those who are in it). */
export function newGroupModel(
  session: Session,
  into: { readonly id: Id; readonly members: readonly Id[] } | undefined,
): NewGroupModel {
  const state: State = {
    step: source<"people" | "name">("people"),
    query: source(""),
    picked: source<readonly PersonSnapshot[]>([]),
    name: source(""),
    nameError: source<string | undefined>(undefined),
    picture: source<ChosenPicture | undefined>(undefined),
    busy: source(false),
    error: source<string | undefined>(undefined),
  };
  const { people } = session;
  const directory = directorySearch(session, state.query, { emptyFinds: true });
  const contacts = contactsOf(session, state.query);
  const already = into?.members ?? [];
  return {
    snapshot: computed((read): NewGroupSnapshot => {
      const picked = read(state.picked).map((person) => {
        const profile = people.profileOf(read, person.id);
        return profile === undefined ? person : people.personOf(read, profile);
      });
      const common = { picked, busy: read(state.busy), error: read(state.error) };
      if (read(state.step) === "name") {
        const name = read(state.name);
        return {
          ...common,
          step: "name",
          name,
          face: { id: "new group", name, picture: read(state.picture)?.address },
          nameError: read(state.nameError),
        };
      }
      const found = read(directory.people);
      // Where people are found by their whole handle only, one begins with those that one knows.
      const everybody =
        found.state === "none" && read(state.query) === ""
          ? { state: "found" as const, people: read(contacts.people) }
          : found;
      return {
        ...common,
        step: "people",
        purpose: into === undefined ? "new" : "add",
        server: session.platform.host,
        query: read(state.query),
        people:
          everybody.state === "found"
            ? { state: "found", people: everybody.people.filter(({ id }) => !already.includes(id)) }
            : everybody,
        most: mostMembers,
        already: Math.max(1, already.length),
      };
    }),
    actions: actionsOf(session, state, into?.id, already.length),
    end: () => {
      directory.end();
      contacts.end();
    },
  };
}

function actionsOf(session: Session, state: State, into: Id | undefined, already: number): NewGroupActions {
  const { router, platform } = session;
  const words = (): ReturnType<Session["words"]["get"]> => session.words.get();
  return {
    back: () => {
      if (state.step.get() === "name") state.step.set("people");
      else if (into === undefined) router.back({ at: "new_chat" });
      else router.back({ at: "chat", id: into, info: true, adding: false });
    },
    setQuery: state.query.set,
    toggle: (person) => {
      state.error.set(undefined);
      const picked = state.picked.get();
      if (picked.some(({ id }) => id === person.id)) state.picked.set(picked.filter(({ id }) => id !== person.id));
      else if (Math.max(1, already) + picked.length >= mostMembers) state.error.set(words().newGroup.full(mostMembers));
      else state.picked.set([...picked, person]);
    },
    next: () => {
      if (into === undefined) state.step.set("name");
      else if (!state.busy.get()) add(session, state, into);
    },
    setName: (name) => {
      state.nameError.set(undefined);
      state.name.set(name);
    },
    setPicture: (file) => {
      choosePicture(platform, file).then(
        (picture) => {
          state.error.set(undefined);
          state.picture.set(picture);
        },
        (error: unknown) => {
          state.error.set(pictureError(words(), error));
        },
      );
    },
    removePicture: () => {
      state.picture.set(undefined);
    },
    make: () => {
      if (state.name.get().trim() === "") state.nameError.set(words().newGroup.nameMissing);
      else if (!state.busy.get()) make(session, state);
    },
  };
}

function make({ client, router, words }: Session, state: State): void {
  state.busy.set(true);
  state.error.set(undefined);
  const picture = state.picture.get();
  const put = picture === undefined ? Promise.resolve(undefined) : client.putGroupPicture(picture.bytes);
  put
    .then((hash) =>
      client.createGroup({
        name: state.name.get().trim(),
        members: state.picked.get().map(({ id }) => id),
        ...(hash === undefined ? {} : { picture: hash }),
      }),
    )
    .then((id) => {
      router.go({ at: "chat", id, info: false, adding: false });
    })
    .catch((error: unknown) => {
      state.error.set(reasonOf(error) === "rate-limited" ? words.get().app.tooMany : words.get().newGroup.failed);
    })
    .finally(() => {
      state.busy.set(false);
    });
}

function add({ client, router, words }: Session, state: State, id: Id): void {
  state.busy.set(true);
  state.error.set(undefined);
  client
    .conversation(id)
    .change({ add: state.picked.get().map((person) => person.id) })
    .then(() => {
      router.back({ at: "chat", id, info: true, adding: false });
    })
    .catch((error: unknown) => {
      state.error.set(reasonOf(error) === "offline" ? words.get().app.offline : words.get().app.failed);
    })
    .finally(() => {
      state.busy.set(false);
    });
}
