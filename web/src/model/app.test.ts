import { beforeEach, expect, test } from "vitest";
import { source, type Source } from "../base/signal.ts";
import { de } from "../i18n/de.ts";
import { en, type Catalogue } from "../i18n/en.ts";
import type { Locale } from "../i18n/format.ts";
import { asking, settled, type Asking } from "../testing/asking.ts";
import { fakeSession, type FakeSession } from "../testing/session.ts";
import { appModel, type AppModel, type Stage } from "./app.ts";
import { demoWorld } from "./fake/demo.ts";
import { idOf } from "./fake/people.ts";
import type { ConnectionState, MessageWindow, ServerInfo } from "./ports.ts";

const withAnouk = idOf("danouk");
const online: ConnectionState = { state: "online" };
const offline: ConnectionState = { state: "offline", retryAt: undefined };
const signedOut: ConnectionState = { state: "signed_out" };

let visible: Source<boolean>;
let networked: Source<boolean>;
let update: Source<(() => void) | undefined>;
let messages: Source<MessageWindow>;
let active: boolean[];
let connects: number;
let themes: string[];
let catalogues: Asking<[Locale], Catalogue>;
let servers: Asking<[], ServerInfo>;
let session: FakeSession;
let app: AppModel;

function open(connection: ConnectionState, address = "#/"): void {
  session = fakeSession({
    address,
    world: { ...demoWorld, connection },
    client: (fake) => ({
      server: servers.ask,
      setActive: (now) => active.push(now),
      connect: () => connects++,
      conversation: (id) => ({ ...fake.conversation(id), messages }),
    }),
    platform: () => ({ visible, networked }),
  });
  app = appModel({
    client: session.client,
    platform: session.platform,
    router: session.router,
    systemLocale: "en",
    systemLessMotion: source(false),
    catalogueOf: catalogues.ask,
    catalogue: en,
    emojiOf: () => Promise.resolve([]),
    applyLook: ({ theme }) => themes.push(theme),
    update,
  });
}

beforeEach(() => {
  visible = source(true);
  networked = source(true);
  update = source<(() => void) | undefined>(undefined);
  messages = source<MessageWindow>({ messages: [], hasOlder: false, hasNewer: false, loading: true });
  active = [];
  connects = 0;
  themes = [];
  catalogues = asking();
  servers = asking();
});

const stage = (): Stage["at"] | undefined => app.stage.get()?.at;
const becomes = (connection: ConnectionState): void => {
  session.client.state.connection.set(connection);
};
const own = (): Extract<Stage, { readonly at: "signed_in" }>["own"] => {
  const now = app.stage.get();
  if (now?.at !== "signed_in") throw new Error("nobody is signed in");
  return now.own;
};

test("until the store is open nobody knows who is there", () => {
  open({ state: "opening" });
  expect(stage()).toBe("opening");
  becomes(offline);
  expect(stage()).toBe("signed_in");
});

test("who is not signed in is at the ways in, and comes in by them", async () => {
  open(signedOut);
  expect(stage()).toBe("entry");
  await session.client.signUp({ handle: "mia", name: "Mia", deviceName: "Firefox" });
  expect(stage()).toBe("signed_in");
});

test("a connection that comes and goes leaves everything as it is", () => {
  open(online);
  const before = app.stage.get();
  for (const state of [offline, { state: "connecting" }, { state: "catching_up" }, online] as const) becomes(state);
  expect(app.stage.get()).toBe(before);
});

test("a device that was logged out stays where it is until somebody leaves it", async () => {
  open(online);
  becomes({ state: "refused", reason: "credentials" });
  expect(stage()).toBe("signed_in");
  await session.client.signOut();
  expect(stage()).toBe("entry");
});

test("who comes in begins with the list, wherever somebody was when they left", async () => {
  open(online);
  session.router.go({ at: "settings", page: undefined, linking: false });
  await session.client.signOut();
  await session.client.signUp({ handle: "mia", name: "Mia", deviceName: "Firefox" });
  expect(session.history.hash()).toBe("#/");
});

test("an address that the app was opened with is kept until somebody is in", async () => {
  open(signedOut, `#/c/${withAnouk}`);
  await session.client.signUp({ handle: "mia", name: "Mia", deviceName: "Firefox" });
  expect(own().chat.get()?.id).toBe(withAnouk);
});

test("an invitation that was used is not in the address any more", async () => {
  open(signedOut, "#invite=thanks");
  await session.client.signUp({ handle: "mia", name: "Mia", deviceName: "Firefox" });
  expect(session.history.hash()).toBe("#/");
});

test("what was somebody's ends when they leave", async () => {
  open(online, `#/c/${withAnouk}`);
  const before = own();
  await session.client.signOut();
  expect(before.chat.get()).toBeUndefined();
  becomes(offline);
  session.platform.clock.advance(60_000);
  expect(before.session.connection.snapshot.get().state).toBe("online");
});

test("the ways in are ready at once, what is one's own when it is known", () => {
  open({ state: "opening" });
  expect(app.ready.get()).toBe(false);
  becomes(offline);
  expect(app.ready.get()).toBe(true);
  open(signedOut);
  expect(app.ready.get()).toBe(true);
});

test("an open conversation is ready once its messages are read", () => {
  open(offline, `#/c/${withAnouk}`);
  expect(app.ready.get()).toBe(false);
  messages.update((now) => ({ ...now, loading: false }));
  expect(app.ready.get()).toBe(true);
});

test("a server that could not be asked is asked when there is a connection, until it has answered", async () => {
  open(offline);
  await servers.asked[0]?.fail("offline");
  becomes(online);
  expect(servers.asked).toHaveLength(2);
  await servers.asked[1]?.answer(demoWorld.server);
  expect(own().settings.snapshot.get().version).toBe("0.1");
  becomes(offline);
  becomes(online);
  expect(servers.asked).toHaveLength(2);
});

test("another language is shown once its words are there", async () => {
  open(online);
  app.look.change({ language: "de" });
  expect(catalogues.asked.map(({ of }) => of)).toEqual([["de"]]);
  expect(app.language.get()).toEqual({ locale: "en", catalogue: en });
  await catalogues.asked[0]?.answer(de);
  expect(app.language.get()).toEqual({ locale: "de", catalogue: de });
  expect(own().session.words.get()).toBe(de);
});

test("a language that was chosen and left again does not come late", async () => {
  open(online);
  app.look.change({ language: "de" });
  app.look.change({ language: "en" });
  await catalogues.asked[0]?.answer(de);
  expect(app.language.get().locale).toBe("en");
});

test("without a network the language that is there stays, and can be chosen again", async () => {
  open(online);
  app.look.change({ language: "de" });
  await catalogues.asked[0]?.fail("offline");
  expect(app.language.get().locale).toBe("en");
  app.look.change({ language: "de" });
  await catalogues.asked[1]?.answer(de);
  expect(app.language.get().locale).toBe("de");
});

test("a look that changes nothing of the language asks for no words", () => {
  open(online);
  app.look.change({ theme: "dark" });
  app.look.change({ language: "en" });
  expect(catalogues.asked).toEqual([]);
  expect(themes).toEqual(["system", "dark", "dark"]);
});

test("a new build is offered until it is taken", () => {
  let taken = 0;
  open(online);
  expect(app.toasts.current.get()).toBeUndefined();
  update.set(() => taken++);
  session.platform.clock.advance(60_000);
  expect(app.toasts.current.get()?.text).toBe(en.toast.update);
  app.toasts.current.get()?.action?.onSelect();
  expect(taken).toBe(1);
  expect(app.toasts.current.get()).toBeUndefined();
});

test("a new build that was there before the page is offered, too", () => {
  update.set(() => undefined);
  open(online);
  expect(app.toasts.current.get()?.text).toBe(en.toast.update);
});

test("one is there as long as the window is on the screen", () => {
  visible.set(false);
  open(online);
  visible.set(true);
  visible.set(false);
  expect(active).toEqual([false, true, false]);
});

test("with the network the connection is asked for at once", () => {
  open(offline);
  networked.set(false);
  expect(connects).toBe(0);
  networked.set(true);
  expect(connects).toBe(1);
});

test("after its end the address moves without it", () => {
  open(online);
  session.router.go({ at: "new_chat" });
  app.end();
  session.history.back();
  expect(app.router.route.get()).toEqual({ at: "new_chat" });
});

test("after its end nothing is asked or told any more", async () => {
  open(offline, `#/c/${withAnouk}`);
  await servers.asked[0]?.fail("offline");
  app.end();
  expect(app.stage.get()).toBeUndefined();
  visible.set(false);
  networked.set(false);
  networked.set(true);
  update.set(() => undefined);
  app.look.change({ language: "de" });
  becomes(online);
  await settled();
  expect({ active, connects, servers: servers.asked.length, words: catalogues.asked.length }).toEqual({
    active: [true],
    connects: 0,
    servers: 1,
    words: 0,
  });
  expect(app.toasts.current.get()).toBeUndefined();
});
