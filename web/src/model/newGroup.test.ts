import { expect, test } from "vitest";
import { asking, settled } from "../testing/asking.ts";
import { fakeSession, type FakeSession } from "../testing/session.ts";
import { anouk, theo } from "./fake/people.ts";
import { mostMembers, newGroupModel, type NewGroupModel } from "./newGroup.ts";
import type { GroupChange, Id, NewGroupWish } from "./ports.ts";

const group = (session: FakeSession): { id: Id; members: Id[] } => {
  const one = session.client.conversations.get().find(({ name }) => name === "Film night");
  if (one === undefined) throw new Error("there is no such group");
  return { id: one.id, members: ["nora", "theo"] };
};
const shown = (account: string): Parameters<NewGroupModel["actions"]["toggle"]>[0] => ({
  id: account,
  name: account,
  handle: account,
  face: { id: account, name: account, picture: undefined },
  online: false,
});

test("who is picked twice is not picked", () => {
  const { snapshot, actions } = newGroupModel(fakeSession(), undefined);
  actions.toggle(shown(anouk.account));
  actions.toggle(shown(theo.account));
  actions.toggle(shown(anouk.account));
  expect(snapshot.get().picked.map(({ name }) => name)).toEqual(["Theo"]);
});

test("a group without a name is not made", () => {
  const wishes = asking<[NewGroupWish], Id>();
  const session = fakeSession({ client: () => ({ createGroup: wishes.ask }) });
  const { snapshot, actions } = newGroupModel(session, undefined);
  actions.next();
  actions.setName("  ");
  actions.make();
  expect(snapshot.get()).toMatchObject({ step: "name", nameError: session.words.get().newGroup.nameMissing });
  expect(wishes.asked.map(({ of }) => of)).toEqual([]);
});

test("a group is made once, however often one asks, and opened", async () => {
  const wishes = asking<[NewGroupWish], Id>();
  const session = fakeSession({ client: () => ({ createGroup: wishes.ask }) });
  const { snapshot, actions } = newGroupModel(session, undefined);
  actions.toggle(shown(theo.account));
  actions.next();
  actions.setName(" Ladder club ");
  actions.make();
  actions.make();
  await settled();
  expect(wishes.asked.map(({ of }) => of)).toEqual([[{ name: "Ladder club", members: [theo.account] }]]);
  expect(snapshot.get().busy).toBe(true);
  await wishes.asked[0]?.answer("made");
  expect(session.router.route.get()).toEqual({ at: "chat", id: "made", info: false, adding: false });
  expect(snapshot.get().busy).toBe(false);
});

test("a group that could not be made keeps what was chosen, and says why", async () => {
  const wishes = asking<[NewGroupWish], Id>();
  const session = fakeSession({ client: () => ({ createGroup: wishes.ask }) });
  const { snapshot, actions } = newGroupModel(session, undefined);
  actions.next();
  actions.setName("Ladder club");
  actions.make();
  await settled();
  await wishes.asked[0]?.fail("rate-limited");
  expect(snapshot.get()).toMatchObject({ name: "Ladder club", busy: false, error: session.words.get().app.tooMany });
});

test("members are added once, however often one asks", async () => {
  const changes = asking<[GroupChange], undefined>();
  const session = fakeSession({
    client: (fake) => ({ conversation: (id) => ({ ...fake.conversation(id), change: changes.ask }) }),
  });
  const into = group(session);
  const { actions } = newGroupModel(session, into);
  actions.toggle(shown(anouk.account));
  actions.next();
  actions.next();
  expect(changes.asked.map(({ of }) => of)).toEqual([[{ add: [anouk.account] }]]);
  await changes.asked[0]?.answer(undefined);
  expect(session.router.route.get()).toEqual({ at: "chat", id: into.id, info: true, adding: false });
});

test("who is in the group already is not offered", () => {
  const session = fakeSession();
  session.server.set({ ...session.client.state.world.server, directory: "exact" });
  const { snapshot } = newGroupModel(session, { id: group(session).id, members: [theo.account] });
  const now = snapshot.get();
  if (now.step !== "people" || now.people.state !== "found") throw new Error("nobody is offered");
  expect(now.people.people.map(({ name }) => name)).toContain("Anouk");
  expect(now.people.people.map(({ name }) => name)).not.toContain("Theo");
});

test("a group that is full takes nobody else", () => {
  const session = fakeSession();
  const members = Array.from({ length: mostMembers }, (_, n) => `member${n}`);
  const { snapshot, actions } = newGroupModel(session, { id: group(session).id, members });
  actions.toggle(shown(anouk.account));
  expect(snapshot.get()).toMatchObject({ picked: [], error: session.words.get().newGroup.full(mostMembers) });
});
