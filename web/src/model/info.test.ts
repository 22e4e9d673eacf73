import { beforeEach, expect, test } from "vitest";
import { source, type Source } from "../base/signal.ts";
import { en } from "../i18n/en.ts";
import { asking, problem, settled, type Asking } from "../testing/asking.ts";
import { notingChats } from "../testing/chats.ts";
import { fakeSession, type FakeSession } from "../testing/session.ts";
import type { ContactSnapshot, GroupSnapshot } from "../views/InfoPane/InfoPane.tsx";
import type { ChatActions } from "./chatActions.ts";
import { at } from "./fake/demoTime.ts";
import { anouk, greta, hana, idOf, malik, nora, samir, theo, wim } from "./fake/people.ts";
import { membersOf } from "./fake/world.ts";
import { infoModel, type InfoModel } from "./info.ts";
import type { Conversation, GroupChange, MemberInfo } from "./ports.ts";

const rota = idOf("grota");
const withTheo = idOf("dtheo");
const file = new File(["a picture"], "picture.png");

let done: unknown[][];
let changing: Asking<[GroupChange], void>;
let putting: Asking<[Uint8Array<ArrayBuffer>], string>;
let part: (id: string) => Partial<Conversation>;
let readable: boolean;
let members: Source<readonly MemberInfo[] | undefined>;
let session: FakeSession;
let chats: ChatActions;

beforeEach(() => {
  done = [];
  chats = notingChats(done);
  changing = asking();
  putting = asking();
  readable = true;
  part = () => ({});
  members = source<readonly MemberInfo[] | undefined>(undefined);
  session = fakeSession({
    client: (fake) => ({
      conversation: (id) => ({ ...fake.conversation(id), change: changing.ask, ...part(id) }),
      putGroupPicture: putting.ask,
    }),
    platform: () => ({
      shrink: () => (readable ? Promise.resolve(new Uint8Array([1])) : Promise.reject(new Error("no picture"))),
    }),
  });
});

const open = (id: string): InfoModel => infoModel({ session, chats, id, members });
const contact = (info: InfoModel): ContactSnapshot | undefined => {
  const now = info.snapshot.get();
  return now?.kind === "contact" ? now : undefined;
};
const group = (info: InfoModel): GroupSnapshot | undefined => {
  const now = info.snapshot.get();
  return now?.kind === "group" ? now : undefined;
};
const toast = (): string | undefined => session.toasts.current.get()?.text;

test("of a person it is said who they are, and on which server", () => {
  expect(contact(open(idOf("danouk")))).toMatchObject({
    name: "Anouk",
    handle: "anouk",
    host: "larkmoor.example",
    about: "Mostly in the greenhouse",
    muted: false,
  });
});

test("groups that one is in together are found", async () => {
  const info = open(withTheo);
  expect(contact(info)?.common).toEqual([]);
  await settled();
  expect(contact(info)?.common.map(({ name, text }) => [name, text])).toEqual([
    ["Allotment rota", "14 members"],
    ["Film night", "4 members"],
    ["Dawn swimmers", "4 members"],
  ]);
});

test("those that were found before the network went stay", async () => {
  part = (id) => (id === idOf("gfilms") ? { members: () => Promise.reject(problem("offline")) } : {});
  const info = open(withTheo);
  await settled();
  expect(contact(info)?.common.map(({ name }) => name)).toEqual(["Allotment rota"]);
  expect(toast()).toBeUndefined();
});

test("who is in many groups is looked for in twenty of them", async () => {
  const asked: string[] = [];
  session.client.state.conversations.update((all) => [
    ...Array.from({ length: 30 }, (_, at) => ({
      id: `g${at}`,
      kind: "group" as const,
      name: `Group ${at}`,
      others: [theo],
      messages: [],
    })),
    ...all,
  ]);
  part = (id) => ({
    members: () => {
      asked.push(id);
      return Promise.resolve([]);
    },
  });
  open(withTheo);
  await settled();
  expect(asked).toHaveLength(20);
});

test("a group that one has left is none that one is in together", async () => {
  session.client.state.change(rota, (before) => ({ ...before, left: true }));
  const info = open(withTheo);
  await settled();
  expect(contact(info)?.common.map(({ name }) => name)).not.toContain("Allotment rota");
});

test("the members of a group are not known until they were read", () => {
  expect(group(open(rota))).toMatchObject({ name: "Allotment rota", memberCount: 14, members: undefined });
});

test("oneself stands first, then by role, then by name", () => {
  const member = (account: string, role: MemberInfo["role"] = "member"): MemberInfo => ({ account, role, join_seq: 1 });
  members.set([
    member(wim.account),
    member(hana.account),
    member(malik.account, "owner"),
    member(nora.account),
    member(anouk.account, "admin"),
  ]);
  expect(group(open(rota))?.members?.map(({ name }) => name)).toEqual(["Nora Lind", "Malik", "Anouk", "Hana", "Wim"]);
});

test("of each member it is said whether they type, are there, or when they were", () => {
  const now = session.client.state.conversations.get().find(({ id }) => id === rota);
  members.set(now === undefined ? [] : membersOf(now, nora));
  session.client.state.change(rota, (before) => ({ ...before, typing: [theo.account] }));
  const listed = group(open(rota))?.members ?? [];
  const presenceOf = (account: string): unknown => listed.find(({ id }) => id === account)?.presence;
  expect(presenceOf(theo.account)).toEqual({ kind: "typing" });
  expect(presenceOf(anouk.account)).toEqual({ kind: "online" });
  expect(presenceOf(samir.account)).toEqual({ kind: "last_seen", time: at("09:20"), exactness: "minute" });
  expect(presenceOf(malik.account)).toEqual({ kind: "unknown" });
});

test("who made a group is said where its beginning is here", () => {
  expect(group(open(rota))?.made).toEqual({ by: "Malik", time: at("10:00", 260) });
  session.client.state.change(rota, (before) => ({ ...before, messages: before.messages.slice(1) }));
  expect(group(open(rota))?.made).toBeUndefined();
});

test("a conversation that is gone has no info", () => {
  const info = open(rota);
  session.client.state.conversations.set([]);
  expect(info.snapshot.get()).toBeUndefined();
});

test("what is set here is set for this conversation", () => {
  const { actions } = open(rota);
  actions.setMuted(true);
  actions.setPinned(false);
  actions.setArchived(true);
  actions.leave();
  actions.writeTo(greta.account);
  expect(done).toEqual([
    ["set", rota, { muted: true }],
    ["set", rota, { pinned: false }],
    ["setArchived", rota, true],
    ["leave", rota],
    ["writeTo", greta.account],
  ]);
});

test("what an admin does is asked of the server", () => {
  const { actions } = open(rota);
  actions.rename("Rota");
  actions.removePicture();
  actions.setRole(theo.account, "admin");
  actions.remove(theo.account);
  expect(changing.asked.map(({ of }) => of[0])).toEqual([
    { name: "Rota" },
    { picture: null },
    { roles: { [theo.account]: "admin" } },
    { remove: [theo.account] },
  ]);
});

test("what the server refuses is said", async () => {
  open(rota).actions.rename("Rota");
  await changing.asked[0]?.fail("forbidden");
  expect(toast()).toBe(en.app.failed);
});

test("a picture is put before the group has it", async () => {
  open(rota).actions.setPicture(file);
  await settled();
  expect(putting.asked.map(({ of }) => of[0])).toEqual([new Uint8Array([1])]);
  expect(changing.asked).toEqual([]);
  await putting.asked[0]?.answer("hash");
  expect(changing.asked.map(({ of }) => of[0])).toEqual([{ picture: "hash" }]);
});

test("a picture that cannot be read is not put", async () => {
  readable = false;
  open(rota).actions.setPicture(file);
  await settled();
  expect(toast()).toBe(en.signUp.pictureUnreadable);
  expect(putting.asked).toEqual([]);
});

test.each([
  ["offline", en.app.offline],
  ["large-picture", en.signUp.pictureTooLarge],
])("a picture that could not be put (%s) says why, and changes nothing", async (reason, text) => {
  open(rota).actions.setPicture(file);
  await settled();
  await putting.asked[0]?.fail(reason);
  expect(toast()).toBe(text);
  expect(changing.asked).toEqual([]);
});

test("the ways out lead to the conversation, another group, and people to add", () => {
  session.router.go({ at: "chat", id: rota, info: false, adding: false });
  session.router.go({ at: "chat", id: rota, info: true, adding: false });
  const { actions } = open(rota);
  actions.addMembers();
  expect(session.history.hash()).toBe(`#/c/${rota}/add`);
  session.history.back();
  actions.close();
  expect(session.history.hash()).toBe(`#/c/${rota}`);
  actions.openGroup(idOf("gfilms"));
  expect(session.history.hash()).toBe(`#/c/${idOf("gfilms")}`);
});
