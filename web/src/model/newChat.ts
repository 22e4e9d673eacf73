import { computed, source, type Signal } from "../base/signal.ts";
import type { NewChatActions, NewChatSnapshot } from "../views/NewChat/NewChat.tsx";
import type { PersonSnapshot } from "../views/PersonRow/PersonRow.tsx";
import { directorySearch } from "./directory.ts";
import { matches } from "./list.ts";
import type { Id } from "./ports.ts";
import type { Session } from "./session.ts";

/** As many as are offered before one types. */
const fewRecent = 3;

export interface NewChatModel {
  readonly snapshot: Signal<NewChatSnapshot>;
  readonly actions: NewChatActions;
  readonly end: () => void;
}

export interface Contacts {
  readonly people: Signal<readonly PersonSnapshot[]>;
  readonly end: () => void;
}

/**
 * People with whom there is a direct conversation, the latest first. Who they are and their order stay until another text is
 * typed: nobody moves away under a pointer because of what others do meanwhile.
 */
export function contactsOf({ client, people }: Session, query: Signal<string>): Contacts {
  const now = (): Id[] =>
    client.conversations
      .get()
      .flatMap(({ kind, with: other }) => (kind === "direct" && other !== undefined ? [other] : []));
  const accounts = source(now());
  return {
    people: computed((read) =>
      read(accounts).flatMap((account) => {
        const profile = people.profileOf(read, account);
        return profile === undefined ? [] : [people.personOf(read, profile)];
      }),
    ),
    end: query.subscribe(() => {
      accounts.set(now());
    }),
  };
}

/** Whom to write to: people that one knows, and those on the server. */
export function newChatModel(session: Session): NewChatModel {
  const { client, router, platform } = session;
  const query = source("");
  const error = source<string | undefined>(undefined);
  const contacts = contactsOf(session, query);
  const directory = directorySearch(session, query, { emptyFinds: true });
  return {
    snapshot: computed((read): NewChatSnapshot => {
      const text = read(query).trim();
      const known = read(contacts.people);
      const asked = text.replace(/^@/u, "");
      const recent =
        text === ""
          ? known.slice(0, fewRecent)
          : known.filter(({ name, handle }) => matches(name, asked) || handle.startsWith(asked.toLowerCase()));
      const people = read(directory.people);
      const ids = new Set(recent.map(({ id }) => id));
      return {
        server: platform.host,
        query: read(query),
        recent,
        people:
          people.state === "found"
            ? { state: "found", people: people.people.filter(({ id }) => !ids.has(id)) }
            : people,
        exact: read(directory.exact),
        error: read(error),
      };
    }),
    actions: {
      back: () => {
        router.back({ at: "list" });
      },
      setQuery: (text) => {
        error.set(undefined);
        query.set(text);
      },
      choose: (person) => {
        error.set(undefined);
        client.startDirect(person.id).then(
          (id) => {
            router.go({ at: "chat", id, info: false, adding: false });
          },
          () => {
            error.set(session.words.get().newChat.failed);
          },
        );
      },
      newGroup: () => {
        router.go({ at: "new_group" });
      },
    },
    end: () => {
      directory.end();
      contacts.end();
    },
  };
}
