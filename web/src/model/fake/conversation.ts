import { computed, source } from "../../base/signal.ts";
import type { Conversation, GroupChange, Id, Message, MessageState, MessageWindow, Role } from "../ports.ts";
import type { FakeState } from "./client.ts";
import { membersOf, type FakeConversation } from "./world.ts";

/** As many messages as a window begins with and grows by. */
const page = 60;
/** After so long a message is on the server, with everybody, read. */
const steps: readonly (readonly [number, "sent" | "delivered" | "read"])[] = [
  [300, "sent"],
  [1_200, "delivered"],
  [2_500, "read"],
];

let sent = 0;

/** One conversation of the fake. Its clock decides when a message is further on its way. */
export function fakeConversation(state: FakeState, id: Id): Conversation {
  const { world, conversations, connection, change } = state;
  const size = source(page);
  const done = Promise.resolve();
  const part = (next: (before: FakeConversation) => Partial<FakeConversation>): void => {
    change(id, (before) => ({ ...before, ...next(before) }));
  };
  return {
    id,
    ...sending(state, id),
    messages: computed((read): MessageWindow => {
      const all = read(conversations).find((one) => one.id === id)?.messages ?? [];
      const count = read(size);
      return {
        messages: all.slice(-count),
        hasOlder: all.length > count,
        hasNewer: false,
        loading: read(connection).state === "opening",
      };
    }),
    loadOlder: () => {
      size.update((count) => count + page);
      return done;
    },
    loadNewer: () => done,
    showLatest: () => done,
    setFollowing: () => undefined,
    markRead: (seq) => {
      part(({ read }) => ({ read: Math.max(read ?? 0, seq) }));
    },
    typing: () => undefined,
    setDraft: (draft) => {
      part(() => ({ draft }));
    },
    members: () => {
      const now = conversations.get().find((one) => one.id === id);
      return Promise.resolve(now === undefined ? [] : membersOf(now, world.me));
    },
    change: (what) => {
      change(id, (before) => changed(state, before, what));
      return done;
    },
    leave: () => {
      conversations.update((all) => all.filter((one) => one.id !== id));
      return done;
    },
    setSettings: (settings) => {
      part(() => ({ settings }));
      return done;
    },
  };
}

/** Messages of one's own: said, said again, taken back, and on their way. */
function sending(
  { world, connection, clock, change }: FakeState,
  id: Id,
): Pick<Conversation, "send" | "retry" | "discard"> {
  const edit = (next: (messages: readonly Message[]) => readonly Message[]): void => {
    change(id, (before) => ({ ...before, messages: next(before.messages) }));
  };
  const reach = (key: Id, state: MessageState): void => {
    edit((messages) => {
      const next = 1 + messages.reduce((most, { seq }) => Math.max(most, seq ?? 0), 0);
      return messages.map((one) => (one.key === key ? { ...one, seq: one.seq ?? next, state } : one));
    });
  };
  const onItsWay = (key: Id): void => {
    if (connection.get().state !== "online") return;
    for (const [after, state] of steps) {
      clock.after(after, () => {
        reach(key, { state });
      });
    }
  };
  return {
    send: (content) => {
      const key = `sent${++sent}`;
      const message: Message = {
        key,
        conversation: id,
        account: world.me.account,
        mine: true,
        seq: undefined,
        ts: clock.now(),
        content,
        state: { state: "sending" },
      };
      change(id, (before) => ({ ...before, messages: [...before.messages, message], draft: "" }));
      onItsWay(key);
      return Promise.resolve(key);
    },
    retry: (key) => {
      edit((messages) => messages.map((one) => (one.key === key ? { ...one, state: { state: "sending" } } : one)));
      onItsWay(key);
      return Promise.resolve();
    },
    discard: (key) => {
      edit((messages) => messages.filter((one) => one.key !== key));
      return Promise.resolve();
    },
  };
}

function changed({ world }: FakeState, before: FakeConversation, what: GroupChange): FakeConversation {
  const roles: Record<Id, Role> = { ...before.roles, ...what.roles };
  const added = world.people.filter(({ account }) => what.add?.includes(account) === true);
  const others = [...before.others, ...added].filter(({ account }) => what.remove?.includes(account) !== true);
  const { picture, ...rest } = before;
  const next = what.picture === undefined ? picture : (what.picture ?? undefined);
  return {
    ...rest,
    ...(next === undefined ? {} : { picture: next }),
    ...(what.name === undefined ? {} : { name: what.name }),
    others,
    roles,
    memberCount: others.length + 1,
  };
}
