import { beforeEach, expect, test } from "vitest";
import { source, type Source } from "../base/signal.ts";
import { en } from "../i18n/en.ts";
import { asking, settled, type Asking } from "../testing/asking.ts";
import { notingChats } from "../testing/chats.ts";
import { fakeSession, type FakeSession } from "../testing/session.ts";
import type { ChatRowSnapshot } from "../views/ChatRow/ChatRow.tsx";
import type { ChatActions } from "./chatActions.ts";
import { demoWorld } from "./fake/demo.ts";
import { greta, idOf, nora, theo, wim } from "./fake/people.ts";
import { scriptOf, type FakeConversation, type Script } from "./fake/world.ts";
import { listModel, matches, type ListModel } from "./list.ts";
import type { Profile } from "./ports.ts";

const rota = idOf("grota");
const films = idOf("gfilms");
const withTheo = idOf("dtheo");

let done: unknown[][];
let search: Asking<[string, number?], readonly Profile[]>;
let leaving: Asking<[], void>;
let connected: number;
let networked: Source<boolean>;
let session: FakeSession;
let list: ListModel;
let chats: ChatActions;

function open(world = demoWorld): void {
  session = fakeSession({
    world,
    client: (fake) => ({
      profiles: { ...fake.profiles, search: search.ask },
      signOut: leaving.ask,
      connect: () => {
        connected++;
      },
    }),
    platform: () => ({ networked }),
  });
  list = listModel(session, chats);
}

beforeEach(() => {
  done = [];
  chats = notingChats(done);
  search = asking();
  leaving = asking();
  connected = 0;
  networked = source(true);
  open();
});

const rows = (): readonly ChatRowSnapshot[] => {
  const { content } = list.snapshot.get();
  return content.state === "rows" || content.state === "search" ? content.rows : [];
};
const titles = (): string[] => rows().map(({ title }) => title);
const row = (title: string): ChatRowSnapshot | undefined => rows().find((one) => one.title === title);
const change = (id: string, part: Partial<FakeConversation>): void => {
  session.client.state.change(id, (before) => ({ ...before, ...part }));
};

test("until the store is read nothing is shown, and after a moment that it takes time", () => {
  open({ ...demoWorld, conversations: [], connection: { state: "opening" } });
  expect(list.snapshot.get().content).toEqual({ state: "rows", rows: [] });
  session.platform.clock.advance(149);
  expect(list.snapshot.get().content.state).toBe("rows");
  session.platform.clock.advance(1);
  expect(list.snapshot.get().content.state).toBe("loading");
  session.client.state.connection.set({ state: "online" });
  expect(list.snapshot.get().content.state).toBe("empty");
});

test("what is pinned stands first, all else as it comes", () => {
  change(films, { settings: { pinned: true } });
  expect(titles().slice(0, 5)).toEqual(["Allotment rota", "Flat four", "Film night", "Anouk", "Theo"]);
});

test("what is archived is found among the archived alone", () => {
  change(films, { settings: { archived: true } });
  expect(titles()).not.toContain("Film night");
  expect(list.snapshot.get().archived).toBe(true);
  list.actions.setFilter("archived");
  expect(titles()).toEqual(["Film night"]);
});

test("among the unread is also what was marked as such, and nothing archived", () => {
  change(withTheo, { settings: { unread: true } });
  change(films, { settings: { archived: true } });
  list.actions.setFilter("unread");
  expect(titles()).toEqual(["Allotment rota", "Theo", "Street notices"]);
  expect(list.snapshot.get().unread).toBe(3);
});

test("among the groups are those that one has not left", () => {
  change(films, { left: true });
  list.actions.setFilter("groups");
  expect(titles()).toEqual(["Allotment rota", "Flat four", "Street notices", "Dawn swimmers"]);
});

test("a filter that nothing passes is not an empty list", () => {
  list.actions.setFilter("archived");
  expect(list.snapshot.get().content).toEqual({ state: "rows", rows: [] });
});

test.each([
  ["zoe", "Zoë", true],
  ["ZOË", "Zoë", true],
  ["müller", "Muller", true],
  ["rota", "Allotment rota", true],
  ["rotas", "Allotment rota", false],
])("what is searched as %j finds %j: %j", (query, title, found) => {
  expect(matches(title, query)).toBe(found);
});

test("a search looks through all conversations, whatever the filter and the archive", () => {
  change(films, { settings: { archived: true } });
  list.actions.setFilter("unread");
  list.actions.setQuery("  film ");
  expect(titles()).toEqual(["Film night"]);
});

test("people are looked for, too, and those whose conversation is found are not shown twice", async () => {
  list.actions.setQuery("t");
  expect(list.snapshot.get().content).toMatchObject({ state: "search", people: { state: "searching" } });
  session.platform.clock.advance(250);
  await search.asked[0]?.answer([greta, theo, wim]);
  expect(titles()).toContain("Theo");
  expect(list.snapshot.get().content).toMatchObject({ people: { people: [{ name: "Wim" }] } });
});

test("that people are found by their whole handle only is said where the server wants that", () => {
  list.actions.setQuery("t");
  expect(list.snapshot.get().content).toMatchObject({ exact: false });
  session.server.set({ ...demoWorld.server, directory: "exact" });
  expect(list.snapshot.get().content).toMatchObject({ exact: true });
});

test("a search that is emptied shows the list as it was", () => {
  const before = titles();
  list.actions.setQuery("film");
  list.actions.setQuery(" ");
  expect(titles()).toEqual(before);
});

test("who is chosen among the people is written to, and the search is over", () => {
  list.actions.setQuery("wim");
  list.actions.openPerson({ ...wim, id: wim.account, face: { id: "", name: "", picture: undefined }, online: false });
  expect(done).toEqual([["writeTo", wim.account]]);
  expect(list.snapshot.get().query).toBe("");
});

/** What the row of a conversation says below its title. */
function previewOf(part: Partial<FakeConversation>, write: (script: Script) => void = () => undefined): unknown {
  const script = scriptOf(rota, nora);
  write(script);
  change(rota, { messages: script.messages, ...part });
  return row("Allotment rota")?.preview;
}

test("who types goes before a draft, that before what was not sent, that before the last message", () => {
  const said = ({ say }: Script): void => {
    say(nora, 1, "Not sent", "failed");
    say(theo, 2, "Hello");
  };
  const typing = [theo.account];
  expect(previewOf({ typing, draft: "And then" }, said)).toEqual({ kind: "typing", who: "Theo" });
  expect(previewOf({ typing: [], draft: "And\n then" }, said)).toEqual({ kind: "draft", text: "And then" });
  expect(previewOf({ typing: [], draft: " \n" }, said)).toEqual({ kind: "failed", text: "Not sent" });
});

test("of a group it is said who spoke, but not of oneself", () => {
  expect(
    previewOf({}, ({ say }) => {
      say(theo, 1, "Where\n\ndo I  park?");
    }),
  ).toEqual({
    kind: "message",
    author: "Theo",
    tick: undefined,
    text: "Where do I park?",
  });
  expect(
    previewOf({}, ({ say }) => {
      say(nora, 1, "By the chapel", "delivered");
    }),
  ).toEqual({
    kind: "message",
    author: undefined,
    tick: "delivered",
    text: "By the chapel",
  });
});

test("between two people it is not said who types or speaks", () => {
  change(withTheo, { typing: [theo.account] });
  expect(row("Theo")?.preview).toEqual({ kind: "typing", who: undefined });
  const { say, messages } = scriptOf(withTheo, nora);
  say(theo, 1, "Hello");
  change(withTheo, { typing: [], messages });
  expect(row("Theo")?.preview).toMatchObject({ kind: "message", author: undefined });
});

test("what happened to a group is told where nobody has said anything", () => {
  const made = previewOf({}, ({ record }) => {
    record(theo, 1, { type: "created", name: "Allotment rota", members: [] });
  });
  expect(made).toEqual({
    kind: "system",
    event: { what: "created", actor: { name: "Theo", you: false }, name: "Allotment rota" },
  });
  expect(previewOf({})).toEqual({ kind: "none" });
});

test("a long message is not carried into the list", () => {
  const long = previewOf({}, ({ say }) => {
    say(theo, 1, "word ".repeat(10_000));
  });
  expect((long as { readonly text: string }).text).toHaveLength(200);
});

test("who is not there is not shown to be online", () => {
  expect(row("Samir")?.online).toBe(false);
});

test("nobody is shown to be online once there is no connection", () => {
  expect(row("Theo")?.online).toBe(true);
  session.client.state.connection.set({ state: "offline", retryAt: undefined });
  session.platform.clock.advance(2_000);
  expect(row("Theo")?.online).toBe(false);
});

test("rows in which nothing changed are the very same objects", async () => {
  list.snapshot.subscribe(() => undefined);
  list.snapshot.get();
  await settled();
  const before = rows();
  change(films, { draft: "The end" });
  const after = rows();
  expect(after.filter((one, at) => one !== before[at]).map(({ title }) => title)).toEqual(["Film night"]);
});

test("the conversation that lies open is marked", () => {
  expect(list.snapshot.get().open).toBeUndefined();
  session.router.go({ at: "chat", id: films, info: true, adding: false });
  expect(list.snapshot.get().open).toBe(films);
});

test.each([
  ["pin", ["set", films, { pinned: true }]],
  ["unpin", ["set", films, { pinned: false }]],
  ["mute", ["set", films, { muted: true }]],
  ["unmute", ["set", films, { muted: false }]],
  ["mark_unread", ["set", films, { marked: true }]],
  ["mark_read", ["markRead", films]],
  ["archive", ["setArchived", films, true]],
  ["unarchive", ["setArchived", films, false]],
  ["leave", ["leave", films]],
] as const)("%s in the menu of a row does that", (action, wanted) => {
  list.actions.act(films, action);
  expect(done).toEqual([wanted]);
});

test("the ways out of the list lead to their addresses", () => {
  list.actions.newChat();
  expect(session.history.hash()).toBe("#/new");
  list.actions.openSettings();
  expect(session.history.hash()).toBe("#/settings");
  expect(list.actions.hrefOf(films)).toBe(`#/c/${films}`);
});

test("who wants the connection back here asks for it", () => {
  list.actions.connection.reconnect();
  expect(connected).toBe(1);
});

test("an account that could not be left says so", async () => {
  list.actions.connection.leave();
  await leaving.asked[0]?.fail("unexpected");
  expect(session.toasts.current.get()?.text).toBe(en.app.failed);
});

test("after its end nobody is looked for", () => {
  list.actions.setQuery("the");
  list.end();
  session.platform.clock.advance(60_000);
  expect(search.asked).toEqual([]);
});
