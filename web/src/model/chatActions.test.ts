import { beforeEach, expect, test } from "vitest";
import { source } from "../base/signal.ts";
import { en } from "../i18n/en.ts";
import { asking, type Asking } from "../testing/asking.ts";
import { fakeSession, type FakeSession } from "../testing/session.ts";
import { chatActions, type ChatActions } from "./chatActions.ts";
import { idOf, samir, wim } from "./fake/people.ts";
import type { Conversation, ConversationSummary, MessageWindow, Settings } from "./ports.ts";

const rota = idOf("grota");
const films = idOf("gfilms");
const withSamir = idOf("dsamir");

let settings: Asking<[Settings], void>;
let leaving: Asking<[], void>;
let starting: Asking<[string], string>;
let read: [string, number][];
let part: Partial<Conversation>;
let session: FakeSession;
let chats: ChatActions;

beforeEach(() => {
  settings = asking();
  leaving = asking();
  starting = asking();
  read = [];
  part = {};
  session = fakeSession({
    client: (fake) => ({
      conversation: (id) => ({
        ...fake.conversation(id),
        setSettings: settings.ask,
        leave: leaving.ask,
        markRead: (seq) => read.push([id, seq]),
        ...part,
      }),
      startDirect: starting.ask,
    }),
  });
  chats = chatActions(session);
});

const toast = (): string | undefined => session.toasts.current.get()?.text;
const summaryOf = (id: string): ConversationSummary | undefined =>
  session.client.conversations.get().find((one) => one.id === id);
const wanted = (): Settings[] => settings.asked.map(({ of }) => of[0]);

test("what is set for a conversation leaves the rest of its settings", () => {
  chats.set(rota, { muted: true });
  expect(wanted()).toEqual([{ pinned: true, muted: true }]);
});

test("what is set while other settings are on their way waits for them, and does not undo them", async () => {
  chats.set(films, { pinned: true });
  chats.set(films, { archived: true });
  chats.set(films, { muted: false });
  expect(wanted()).toEqual([{ muted: true, pinned: true }]);
  await settings.asked[0]?.answer();
  expect(wanted().slice(1)).toEqual([{ pinned: true, archived: true }]);
  await settings.asked[1]?.answer();
  expect(wanted()).toHaveLength(2);
});

test("what was refused is not set by what waited behind it", async () => {
  chats.set(films, { pinned: true });
  chats.set(films, { archived: true });
  await settings.asked[0]?.fail("unexpected");
  expect(toast()).toBe(en.app.failed);
  expect(wanted().at(-1)).toEqual({ muted: true, archived: true });
});

test("what was taken stays, although what came after it was refused", async () => {
  chats.set(films, { pinned: true });
  chats.set(films, { archived: true });
  await settings.asked[0]?.answer();
  chats.set(films, { muted: false });
  await settings.asked[1]?.fail("unexpected");
  expect(wanted().at(-1)).toEqual({ pinned: true });
});

test("settings of one conversation do not wait for those of another", () => {
  chats.set(films, { pinned: true });
  chats.set(rota, { muted: true });
  expect(wanted()).toHaveLength(2);
});

test("what waits for a conversation that is left meanwhile is not set", async () => {
  chats.set(films, { pinned: true });
  chats.set(films, { archived: true });
  session.client.state.conversations.set([]);
  await settings.asked[0]?.fail("unexpected");
  expect(wanted()).toHaveLength(1);
});

test("settings that were refused are not set again with the next ones", async () => {
  chats.set(films, { pinned: true });
  await settings.asked[0]?.fail("offline");
  expect(toast()).toBe(en.app.offline);
  chats.set(films, { archived: true });
  expect(wanted().at(-1)).toEqual({ muted: true, archived: true });
});

test("a refusal that is not of the network says that nothing was changed", async () => {
  chats.set(films, { pinned: true });
  await settings.asked[0]?.fail("unexpected");
  expect(toast()).toBe(en.app.failed);
});

test("for a conversation that is not there nothing is set", () => {
  chats.set(idOf("gone"), { pinned: true });
  chats.markRead(idOf("gone"));
  expect(wanted()).toEqual([]);
});

test("what was archived can be taken out again for as long as it is said", async () => {
  chats.setArchived(films, true);
  expect(toast()).toBe("Chat archived");
  session.toasts.current.get()?.action?.onSelect();
  await settings.asked[0]?.answer();
  expect(wanted()).toEqual([{ muted: true, archived: true }, { muted: true }]);
});

test("so can what was taken out of the archive", async () => {
  chats.setArchived(films, false);
  expect(toast()).toBe("Chat taken out of the archive");
  session.toasts.current.get()?.action?.onSelect();
  await settings.asked[0]?.answer();
  expect(wanted().at(-1)).toEqual({ muted: true, archived: true });
});

test("an archive that was refused takes back what was said of it", async () => {
  chats.setArchived(films, true);
  await settings.asked[0]?.fail("offline");
  expect(toast()).toBe(en.app.offline);
});

test("a conversation is read up to its last message", () => {
  const last = summaryOf(rota)?.last?.seq ?? 0;
  chats.markRead(rota);
  expect(read).toEqual([[rota, last]]);
  expect(wanted()).toEqual([]);
});

test("one that is read already is not told to be", () => {
  chats.markRead(withSamir);
  expect(read).toEqual([]);
});

test("a mark that was set by hand goes when it is read", () => {
  session.client.state.change(withSamir, (before) => ({ ...before, settings: { unread: true, muted: true } }));
  chats.markRead(withSamir);
  expect(wanted()).toEqual([{ muted: true }]);
});

/** Something that one has said, and that is not sent yet. */
function waits(conversation: string): void {
  session.client.state.change(conversation, (before) => ({
    ...before,
    messages: [
      ...before.messages,
      {
        key: "waits",
        conversation,
        account: before.others[0]?.account ?? "",
        mine: true,
        seq: undefined,
        ts: session.platform.clock.now(),
        content: { type: "text", text: "On my way" },
        state: { state: "sending" },
      },
    ],
  }));
}

test("it is read also where something of one's own waits to be sent", () => {
  const last = summaryOf(rota)?.last?.seq ?? 0;
  waits(rota);
  chats.markRead(rota);
  expect(read).toEqual([[rota, last]]);
});

test("for that its messages are waited for, once", () => {
  waits(rota);
  const here = session.client.conversation(rota).messages.get();
  const messages = source<MessageWindow>({ messages: [], hasOlder: false, hasNewer: false, loading: true });
  part = { messages };
  chats.markRead(rota);
  expect(read).toEqual([]);
  messages.set(here);
  messages.set({ ...here });
  expect(read).toHaveLength(1);
});

test("who leaves a group that is open comes back to the list, and is told", async () => {
  session.router.go({ at: "chat", id: films, info: false, adding: false });
  chats.leave(films);
  expect(session.router.route.get().at).toBe("chat");
  await leaving.asked[0]?.answer();
  expect(session.router.route.get()).toEqual({ at: "list" });
  expect(toast()).toBe("You left Film night");
});

test("who is elsewhere when a group was left stays there", async () => {
  session.router.go({ at: "chat", id: films, info: false, adding: false });
  chats.leave(films);
  session.router.go({ at: "chat", id: rota, info: false, adding: false });
  await leaving.asked[0]?.answer();
  expect(session.router.route.get()).toMatchObject({ at: "chat", id: rota });
  expect(toast()).toBe("You left Film night");
});

test("who could not leave is told, and stays", async () => {
  session.router.go({ at: "chat", id: films, info: false, adding: false });
  chats.leave(films);
  await leaving.asked[0]?.fail("offline");
  expect(session.router.route.get()).toMatchObject({ at: "chat", id: films });
  expect(toast()).toBe(en.app.offline);
});

test("writing to somebody opens the conversation with them", async () => {
  chats.writeTo(samir.account);
  await starting.asked[0]?.answer(withSamir);
  expect(session.router.route.get()).toEqual({ at: "chat", id: withSamir, info: false, adding: false });
});

test("a conversation that could not be started says so, and opens nothing", async () => {
  chats.writeTo(wim.account);
  await starting.asked[0]?.fail("rate-limited");
  expect(toast()).toBe(en.app.failed);
  expect(session.router.route.get()).toEqual({ at: "list" });
});
