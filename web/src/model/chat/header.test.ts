import { beforeEach, expect, test } from "vitest";
import { computed, source, type Signal, type Source } from "../../base/signal.ts";
import { fakeSession, type FakeSession } from "../../testing/session.ts";
import type { ThreadHeaderSnapshot, ThreadStatus } from "../../views/ThreadHeader/ThreadHeader.tsx";
import { at } from "../fake/demoTime.ts";
import { anouk, greta, hana, idOf, malik, nora, odile, samir, theo } from "../fake/people.ts";
import type { MemberInfo } from "../ports.ts";
import { headerOf } from "./header.ts";

const withTheo = idOf("dtheo");
const rota = idOf("grota");

let members: Source<readonly MemberInfo[] | undefined>;
let session: FakeSession;

beforeEach(() => {
  members = source<readonly MemberInfo[] | undefined>(undefined);
  session = fakeSession();
});

const open = (id: string): Signal<ThreadHeaderSnapshot | undefined> => {
  const { conversations } = session.client;
  return headerOf(
    session,
    computed((read) => read(conversations).find((one) => one.id === id)),
    members,
  );
};
const status = (id: string): ThreadStatus | undefined => open(id).get()?.status;
const type = (id: string, ...accounts: string[]): void => {
  session.client.state.change(id, (before) => ({ ...before, typing: accounts }));
};
const lose = (ms: number): void => {
  session.client.state.connection.set({ state: "offline", retryAt: undefined });
  session.platform.clock.advance(ms);
};
const join = (...accounts: string[]): void => {
  members.set(accounts.map((account) => ({ account, role: "member", join_seq: 1 })));
};

test("a conversation that is not known yet has no header", () => {
  expect(open(idOf("gone")).get()).toBeUndefined();
});

test("the other of a conversation gives it its name, and is there or was", () => {
  expect(open(withTheo).get()).toMatchObject({ title: "Theo", online: true, status: { kind: "online" } });
  expect(open(idOf("dsamir")).get()).toMatchObject({
    title: "Samir",
    online: false,
    status: { kind: "last_seen", time: at("09:20"), exactness: "minute" },
  });
});

test("of whom nothing is known nothing is said", () => {
  expect(status(idOf("dpavel"))).toEqual({ kind: "none" });
});

test("who types is there, and is not named between two", () => {
  type(idOf("dsamir"), samir.account);
  expect(open(idOf("dsamir")).get()).toMatchObject({ online: true, status: { kind: "typing", names: [] } });
});

test("in a group it is said who types, and nobody is marked to be there", () => {
  type(rota, theo.account, greta.account);
  expect(open(rota).get()).toMatchObject({ online: false, status: { kind: "typing", names: ["Theo", "Greta"] } });
});

test("that the connection is being made goes before all else", () => {
  type(withTheo, theo.account);
  lose(2_000);
  expect(status(withTheo)).toEqual({ kind: "connecting" });
});

test("without a connection nobody is said to be there", () => {
  lose(5_000);
  expect(open(withTheo).get()).toMatchObject({ online: false, status: { kind: "none" } });
});

test("a group whose members are not read says nothing of them", () => {
  expect(status(rota)).toEqual({ kind: "none" });
});

test("four of a group are named, and the others counted, without oneself", () => {
  join(nora.account, malik.account, anouk.account, theo.account, hana.account, odile.account);
  expect(status(rota)).toEqual({ kind: "members", names: ["Malik", "Anouk", "Theo", "Hana"], more: 9 });
});

test("a count that is behind the members says of nobody that they are more", () => {
  session.client.state.change(rota, (before) => ({ ...before, memberCount: 1 }));
  join(nora.account, malik.account, anouk.account);
  expect(status(rota)).toEqual({ kind: "members", names: ["Malik", "Anouk"], more: 0 });
});

test("it is known whether the info lies open", () => {
  const header = open(rota);
  session.router.go({ at: "chat", id: rota, info: false, adding: false });
  expect(header.get()?.infoOpen).toBe(false);
  session.router.go({ at: "chat", id: rota, info: true, adding: false });
  expect(header.get()?.infoOpen).toBe(true);
});
