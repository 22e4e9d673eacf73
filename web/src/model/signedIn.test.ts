import { beforeEach, expect, test } from "vitest";
import { source } from "../base/signal.ts";
import { asking, settled, type Asking } from "../testing/asking.ts";
import { fakeSession, type FakeSession } from "../testing/session.ts";
import { emojiModel } from "./emoji.ts";
import { demoWorld } from "./fake/demo.ts";
import { idOf, theo } from "./fake/people.ts";
import type { DeviceInfo, MemberInfo, Message } from "./ports.ts";
import { hashOf, type Route } from "./router.ts";
import { signedIn, type SignedIn } from "./signedIn.ts";

const films = idOf("gfilms");
const withAnouk = idOf("danouk");
const chat = (id: string, over?: "info" | "add"): Route => ({
  at: "chat",
  id,
  info: over !== undefined,
  adding: over === "add",
});
const settings = (page?: "devices", linking = false): Route => ({ at: "settings", page, linking });

/** How many listen to the messages of each conversation. */
let reading: Map<string, number>;
let listing: Asking<[], readonly DeviceInfo[]>;
let members: Asking<[], readonly MemberInfo[]>;
let claims: string[];
let searched: string[];
let told: Set<(message: Message) => void>;
let session: FakeSession;
let own: SignedIn;

function open(route: Route): void {
  session = fakeSession({
    address: hashOf(route),
    client: (fake) => ({
      conversation: (id) => {
        const conversation = fake.conversation(id);
        const { messages } = conversation;
        const subscribe = (listener: () => void): (() => void) => {
          const end = messages.subscribe(listener);
          reading.set(id, (reading.get(id) ?? 0) + 1);
          return () => {
            reading.set(id, (reading.get(id) ?? 0) - 1);
            end();
          };
        };
        return { ...conversation, members: members.ask, messages: { get: messages.get, subscribe } };
      },
      profiles: {
        ...fake.profiles,
        search: (text) => {
          searched.push(text);
          return fake.profiles.search(text);
        },
      },
      devices: {
        ...fake.devices,
        list: listing.ask,
        claim: (code) => {
          claims.push(code);
          return fake.devices.claim(code);
        },
      },
      onMessage: (listener) => {
        told.add(listener);
        return () => {
          told.delete(listener);
        };
      },
    }),
  });
  const emoji = emojiModel(session.platform, source<"en">("en"), () => Promise.resolve([]));
  own = signedIn(session, emoji);
}

beforeEach(() => {
  reading = new Map();
  listing = asking();
  members = asking();
  claims = [];
  searched = [];
  told = new Set();
  open({ at: "list" });
});

const isRead = (id: string): boolean => (reading.get(id) ?? 0) > 0;
const go = (route: Route): void => {
  session.router.go(route);
};

test("a conversation lives as long as the address names it", () => {
  expect(own.chat.get()).toBeUndefined();
  go(chat(films));
  const opened = own.chat.get();
  expect(opened?.id).toBe(films);
  go(chat(films, "info"));
  expect(own.chat.get()).toBe(opened);
  expect(isRead(films)).toBe(true);
  go({ at: "list" });
  expect(own.chat.get()).toBeUndefined();
  expect(isRead(films)).toBe(false);
});

test("another conversation ends the one before it", () => {
  go(chat(films));
  go(chat(withAnouk));
  expect(own.chat.get()?.id).toBe(withAnouk);
  expect(isRead(films)).toBe(false);
  expect(isRead(withAnouk)).toBe(true);
});

test("the info is that of the conversation that is open", () => {
  go(chat(films));
  expect(own.info.get()).toBeUndefined();
  go(chat(films, "info"));
  expect(own.info.get()?.snapshot.get()).toMatchObject({ kind: "group", name: "Film night" });
  go(chat(withAnouk, "info"));
  expect(own.info.get()?.snapshot.get()).toMatchObject({ kind: "contact", name: "Anouk" });
  go(chat(withAnouk));
  expect(own.info.get()).toBeUndefined();
});

test("a conversation is opened again where it was left", () => {
  go(chat(films));
  const key = session.client.conversation(films).messages.get().messages[3]?.key ?? "";
  const place = { at: "row", key, top: 40 } as const;
  own.chat.get()?.actions.log.leave(place);
  go(chat(withAnouk));
  go(chat(films));
  expect(own.chat.get()?.snapshot.get()).toMatchObject({ log: { start: place } });
});

test("people for a group are chosen while the address says so", () => {
  expect(own.newGroup.get()).toBeUndefined();
  go({ at: "new_chat" });
  expect(own.newChat.get()).toBeDefined();
  go({ at: "new_group" });
  expect(own.newChat.get()).toBeUndefined();
  expect(own.newGroup.get()?.snapshot.get()).toMatchObject({ step: "people", purpose: "new" });
  go({ at: "list" });
  expect(own.newGroup.get()).toBeUndefined();
});

test("an address of a conversation that is not this account's leads to the list, and says so", () => {
  open(chat(idOf("gone")));
  expect(session.router.route.get()).toEqual({ at: "list" });
  expect(session.toasts.current.get()?.text).toBe(session.words.get().toast.unknownChat);
});

test("a conversation that is not there yet is waited for until all has come", () => {
  open(chat(films));
  const { conversations, connection } = session.client.state;
  const all = conversations.get();
  connection.set({ state: "catching_up" });
  conversations.set([]);
  expect(session.router.route.get()).toEqual(chat(films));
  conversations.set(all);
  connection.set({ state: "online" });
  expect(session.router.route.get()).toEqual(chat(films));
  expect(session.toasts.current.get()).toBeUndefined();
});

test("who is in a group is not offered to be added, also where the address led there at once", async () => {
  open(chat(films, "add"));
  expect(own.newGroup.get()).toBeUndefined();
  expect(own.info.get()).toBeDefined();
  await members.asked[0]?.answer([{ account: theo.account, role: "member", join_seq: 1 }]);
  const offered = own.newGroup.get();
  expect(offered?.snapshot.get()).toMatchObject({ step: "people", purpose: "add", already: 1 });
  offered?.actions.setQuery("the");
  session.platform.clock.advance(250);
  await settled();
  expect(offered?.snapshot.get()).toMatchObject({ people: { state: "found", people: [] } });
});

test("who has chosen people to add keeps them when members change meanwhile", async () => {
  open(chat(films, "add"));
  await members.asked[0]?.answer([]);
  const before = own.newGroup.get();
  session.client.state.change(films, (now) => ({
    ...now,
    messages: now.messages.map((one) =>
      one.seq === 1 ? { ...one, seq: 99, content: { type: "members", joined: [], left: [], roles: [] } } : one,
    ),
  }));
  await members.asked[1]?.answer([{ account: theo.account, role: "member", join_seq: 99 }]);
  expect(own.newGroup.get()).toBe(before);
});

test("devices are read once somebody opens the settings, and not before", () => {
  go(chat(films));
  expect(listing.asked).toEqual([]);
  go(settings());
  go(settings("devices"));
  expect(listing.asked).toHaveLength(1);
});

test("settings that the app was opened with have their devices, too", async () => {
  open(settings("devices"));
  await listing.asked[0]?.answer(demoWorld.devices);
  expect(own.settings.snapshot.get().devices).toBe(3);
});

test("a code that came with the address is claimed, that of the settings is typed", () => {
  open({ at: "link", code: "ABCDEFGH" });
  expect(claims).toEqual(["ABCDEFGH"]);
  open(settings("devices", true));
  expect(own.linkDevice.get()?.snapshot.get()).toMatchObject({ state: "typing", code: "" });
  expect(claims).toEqual(["ABCDEFGH"]);
});

test("after its end nobody is looked for, and no devices are read", () => {
  go(settings());
  own.list.actions.setQuery("the");
  own.end();
  session.platform.clock.advance(60_000);
  void session.client.devices.rename("shed", "Chromium in the shed");
  expect(searched).toEqual([]);
  expect(listing.asked).toHaveLength(1);
});

test("after its end nobody reads, is told or looks any more", () => {
  go(chat(films));
  go(chat(films, "info"));
  expect(told.size).toBe(1);
  own.end();
  expect(told.size).toBe(0);
  expect(isRead(films)).toBe(false);
  expect([own.chat.get(), own.info.get(), own.newGroup.get()]).toEqual([undefined, undefined, undefined]);
  go(settings());
  go(chat(withAnouk));
  expect(listing.asked).toEqual([]);
  expect(own.chat.get()).toBeUndefined();
});
