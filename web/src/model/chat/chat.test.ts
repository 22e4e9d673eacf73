import { beforeEach, expect, test } from "vitest";
import { source, type Source } from "../../base/signal.ts";
import { en } from "../../i18n/en.ts";
import { asking, type Asking } from "../../testing/asking.ts";
import { fakeSession, type FakeSession } from "../../testing/session.ts";
import type { ThreadSnapshot } from "../../views/Thread/Thread.tsx";
import { chatActions } from "../chatActions.ts";
import { emojiModel } from "../emoji.ts";
import { anouk, idOf, theo } from "../fake/people.ts";
import type { Conversation, MessageWindow } from "../ports.ts";
import { chatModel, type ChatModel } from "./chat.ts";

const withAnouk = idOf("danouk");
const rota = idOf("grota");

let copying: Asking<[string], void>;
let discarding: Asking<[string], void>;
let part: Partial<Conversation>;
let kept: string[];
let session: FakeSession;

beforeEach(() => {
  copying = asking();
  discarding = asking();
  part = {};
  kept = [];
  session = fakeSession({
    client: (fake) => ({
      conversation: (id) => ({
        ...fake.conversation(id),
        discard: discarding.ask,
        setDraft: (text) => kept.push(text),
        ...part,
      }),
    }),
    platform: () => ({ copy: copying.ask }),
  });
});

function open(id: string): ChatModel {
  const emoji = emojiModel(session.platform, source<"en">("en"), () => Promise.resolve([]));
  return chatModel({ session, chats: chatActions(session), emoji, places: new Map(), id });
}

const thread = (chat: ChatModel): Extract<ThreadSnapshot, { readonly state: "open" }> => {
  const now = chat.snapshot.get();
  if (now.state !== "open") throw new Error(`the conversation is ${now.state}`);
  return now;
};
const toast = (): string | undefined => session.toasts.current.get()?.text;

/** Messages that are still read from the store, with who listens to them. */
function reading(): { readonly messages: Source<MessageWindow>; readonly listeners: () => number } {
  const messages = source<MessageWindow>({ messages: [], hasOlder: false, hasNewer: false, loading: true });
  let listeners = 0;
  part = {
    messages: {
      get: messages.get,
      subscribe: (listener) => {
        const end = messages.subscribe(listener);
        listeners++;
        return () => {
          listeners--;
          end();
        };
      },
    },
  };
  return { messages, listeners: () => listeners };
}

test("a conversation is there with its header, its messages and its draft", () => {
  session.client.state.change(withAnouk, (before) => ({ ...before, draft: "Is that" }));
  const { id, header, log, composer } = thread(open(withAnouk));
  expect(id).toBe(withAnouk);
  expect(header.title).toBe("Anouk");
  expect(typeof log === "object" && log.rows.length).toBeGreaterThan(10);
  expect(composer.draft).toBe("Is that");
});

test("one that nobody knows yet is loading, and is there once it is known", () => {
  const all = session.client.state.conversations.get();
  session.client.state.conversations.set([]);
  const chat = open(withAnouk);
  expect(chat.snapshot.get().state).toBe("loading");
  session.client.state.conversations.set(all);
  expect(thread(chat).header.title).toBe("Anouk");
});

test("messages that take time to be read are said to, after a moment", () => {
  const { messages } = reading();
  const chat = open(withAnouk);
  expect(thread(chat).log).toBe("soon");
  session.platform.clock.advance(149);
  expect(thread(chat).log).toBe("soon");
  session.platform.clock.advance(1);
  expect(thread(chat).log).toBe("late");
  messages.update((now) => ({ ...now, loading: false }));
  expect(typeof thread(chat).log).toBe("object");
});

test("who opens what was marked as unread has seen it", () => {
  const marked = { unread: true, muted: true };
  session.client.state.change(withAnouk, (before) => ({ ...before, settings: marked }));
  open(withAnouk);
  expect(session.client.conversations.get().find(({ id }) => id === withAnouk)?.settings).toEqual({ muted: true });
});

test("what comes is read out", () => {
  const chat = open(withAnouk);
  session.client.state.change(withAnouk, (before) => ({
    ...before,
    messages: [
      ...before.messages,
      {
        key: "came",
        conversation: withAnouk,
        account: anouk.account,
        mine: false,
        seq: 99,
        ts: session.platform.clock.now(),
        content: { type: "text", text: "Page 39, sorry" },
        state: { state: "incoming" },
      },
    ],
  }));
  expect(thread(chat).announcement.text).toBe("Anouk: Page 39, sorry");
});

test("what one sends is there at once, and what was unread is read", () => {
  session.client.state.change(withAnouk, (before) => ({ ...before, read: 8 }));
  const chat = open(withAnouk);
  const kinds = (): string[] => {
    const { log } = thread(chat);
    return typeof log === "object" ? log.rows.map(({ kind }) => kind) : [];
  };
  expect(kinds()).toContain("unread");
  chat.actions.composer.setDraft("On my way");
  chat.actions.composer.send();
  expect(kinds()).not.toContain("unread");
  const { log, composer } = thread(chat);
  expect(typeof log === "object" && log.rows.at(-1)).toMatchObject({ message: { text: "On my way", tick: "sending" } });
  expect(composer.draft).toBe("");
});

test("the header opens the info, and closes it", () => {
  session.router.go({ at: "chat", id: withAnouk, info: false, adding: false });
  const { actions } = open(withAnouk);
  actions.header.toggleInfo();
  expect(session.history.hash()).toBe(`#/c/${withAnouk}/info`);
  actions.header.toggleInfo();
  expect(session.history.hash()).toBe(`#/c/${withAnouk}`);
  actions.header.back();
  expect(session.history.hash()).toBe("#/");
});

test("what is copied is said once it was", async () => {
  open(withAnouk).actions.copy("Page 38");
  expect(copying.asked.map(({ of }) => of)).toEqual([["Page 38"]]);
  expect(toast()).toBeUndefined();
  await copying.asked[0]?.answer();
  expect(toast()).toBe("Copied");
});

test("what could not be copied is not said to be", async () => {
  open(withAnouk).actions.copy("Page 38");
  await copying.asked[0]?.fail("not allowed");
  expect(toast()).toBe(en.app.failed);
});

test("a message that cannot be taken back any more is said to stay", async () => {
  open(withAnouk).actions.discard("sent1");
  expect(discarding.asked.map(({ of }) => of)).toEqual([["sent1"]]);
  await discarding.asked[0]?.fail("under-way");
  expect(toast()).toBe(en.app.failed);
});

test("authors of a group have the roles of its members", async () => {
  part = { members: () => Promise.resolve([{ account: theo.account, role: "admin", join_seq: 1 }]) };
  const chat = open(rota);
  await Promise.resolve();
  const { log } = thread(chat);
  const rows = typeof log === "object" ? log.rows : [];
  const roles = rows.flatMap((row) =>
    row.kind === "message" && row.message.author.face.name === "Theo" ? [row.message.author.role] : [],
  );
  expect(roles).toEqual(["admin"]);
});

test("its messages are read as long as it is open", () => {
  const { messages, listeners } = reading();
  const chat = open(withAnouk);
  messages.update((now) => ({ ...now, loading: false }));
  expect(listeners()).toBeGreaterThan(0);
  chat.end();
  expect(listeners()).toBe(0);
});

test("a draft that is not kept yet is when it is closed", () => {
  const chat = open(withAnouk);
  chat.actions.composer.setDraft("Is that");
  chat.end();
  expect(kept).toEqual(["Is that"]);
});
