import { beforeEach, expect, test } from "vitest";
import { source, type Source } from "../../base/signal.ts";
import { asking, type Asking } from "../../testing/asking.ts";
import { fakeSession, type FakeSession } from "../../testing/session.ts";
import { idOf } from "../fake/people.ts";
import type { MemberInfo, Message, MessageWindow } from "../ports.ts";
import { membersModel, type MembersModel } from "./members.ts";

let reading: Asking<[], readonly MemberInfo[]>;
let messages: Source<MessageWindow>;
let session: FakeSession;

beforeEach(() => {
  reading = asking();
  messages = source<MessageWindow>({ messages: [], hasOlder: false, hasNewer: false, loading: false });
  session = fakeSession();
});

const open = (group = true): MembersModel => {
  const { client } = session;
  const conversation = { ...client.conversation(idOf("grota")), messages, members: reading.ask };
  return membersModel(client, conversation, group);
};
const member = (account: string): MemberInfo => ({ account, role: "member", join_seq: 1 });
const known = (model: MembersModel): string[] | undefined => model.members.get()?.map(({ account }) => account);

/** A line of the conversation: that members have changed, or something that somebody said. */
function comes(seq: number, what: "members" | "text" = "members"): void {
  const content: Message["content"] =
    what === "text" ? { type: "text", text: "Hello" } : { type: "members", joined: [], left: [], roles: [] };
  const message: Message = {
    key: `m${seq}`,
    conversation: "g",
    account: "a",
    mine: false,
    seq,
    ts: seq,
    content,
    state: { state: "incoming" },
  };
  messages.update((now) => ({
    ...now,
    messages: [...now.messages, message].sort((left, right) => (left.seq ?? 0) - (right.seq ?? 0)),
  }));
}

test("a group's members are read when it is opened", async () => {
  const model = open();
  expect(known(model)).toBeUndefined();
  await reading.asked[0]?.answer([member("a"), member("b")]);
  expect(known(model)).toEqual(["a", "b"]);
});

test("between two people nobody is asked for", () => {
  open(false);
  comes(1);
  expect(reading.asked).toEqual([]);
});

test("they are read again when the group says that they have changed", async () => {
  const model = open();
  await reading.asked[0]?.answer([member("a")]);
  comes(5);
  expect(known(model)).toEqual(["a"]);
  await reading.asked[1]?.answer([member("a"), member("b")]);
  expect(known(model)).toEqual(["a", "b"]);
});

test("what is said in the group, and what changed before, does not read them again", () => {
  comes(5);
  open();
  comes(6, "text");
  comes(2);
  expect(reading.asked).toHaveLength(1);
});

test("an answer that comes late does not undo a later one", async () => {
  const model = open();
  comes(5);
  await reading.asked[1]?.answer([member("a"), member("b")]);
  await reading.asked[0]?.answer([member("a")]);
  expect(known(model)).toEqual(["a", "b"]);
});

test("those that are known stay when they cannot be read again", async () => {
  const model = open();
  await reading.asked[0]?.answer([member("a")]);
  comes(5);
  await reading.asked[1]?.fail("offline");
  expect(known(model)).toEqual(["a"]);
});

test("who opened the group without a network has its members with the network", async () => {
  session.client.state.connection.set({ state: "offline", retryAt: undefined });
  const model = open();
  await reading.asked[0]?.fail("offline");
  session.client.state.connection.set({ state: "connecting" });
  expect(reading.asked).toHaveLength(1);
  session.client.state.connection.set({ state: "online" });
  await reading.asked[1]?.answer([member("a")]);
  expect(known(model)).toEqual(["a"]);
});

test("a connection that is back reads nothing that is known", async () => {
  open();
  await reading.asked[0]?.answer([member("a")]);
  session.client.state.connection.set({ state: "offline", retryAt: undefined });
  session.client.state.connection.set({ state: "online" });
  expect(reading.asked).toHaveLength(1);
});

test("nor does it where an earlier try failed late", async () => {
  open();
  comes(5);
  await reading.asked[1]?.answer([member("a")]);
  await reading.asked[0]?.fail("offline");
  session.client.state.connection.set({ state: "catching_up" });
  session.client.state.connection.set({ state: "online" });
  expect(reading.asked).toHaveLength(2);
});

test("after its end nothing is read any more", async () => {
  const model = open();
  await reading.asked[0]?.fail("offline");
  model.end();
  comes(5);
  session.client.state.connection.set({ state: "catching_up" });
  session.client.state.connection.set({ state: "online" });
  expect(reading.asked).toHaveLength(1);
});
