import { expect, test } from "vitest";
import { asking } from "../../testing/asking.ts";
import { fakeSession } from "../../testing/session.ts";
import type { OwnProfile } from "../ports.ts";
import { profileModel } from "./profile.ts";

type Change = Parameters<Parameters<typeof profileModel>[0]["client"]["profile"]["change"]>;

function setUp() {
  const changes = asking<Change, OwnProfile>();
  const session = fakeSession({ client: (fake) => ({ profile: { ...fake.profile, change: changes.ask } }) });
  const { snapshot, actions } = profileModel(session);
  /** The server has taken what was asked of it. */
  const take = async (at: number): Promise<void> => {
    const [change] = changes.asked[at]?.of ?? [];
    session.client.state.me.update((before) => ({ ...before, ...change }));
    await changes.asked[at]?.answer({ ...session.client.state.me.get(), created: 0 });
  };
  return { session, changes, take, snapshot, actions };
}

test("what is typed is saved as it is meant, once", async () => {
  const { session, changes, take, snapshot, actions } = setUp();
  expect(snapshot.get().changed).toBe(false);
  actions.setName(" Nora Lindgren ");
  expect(snapshot.get().changed).toBe(true);
  actions.save();
  actions.save();
  expect(changes.asked.map(({ of }) => of)).toEqual([[{ name: "Nora Lindgren", about: "" }]]);
  await take(0);
  expect(snapshot.get()).toMatchObject({ name: "Nora Lindgren", changed: false, busy: false });
  expect(session.toasts.current.get()?.text).toBe(session.words.get().profile.saved);
});

test("what is typed while one saves is not lost", async () => {
  const { take, snapshot, actions } = setUp();
  actions.setName("Nora L");
  actions.save();
  actions.setName("Nora Li");
  actions.setAbout("Early up");
  await take(0);
  expect(snapshot.get()).toMatchObject({ name: "Nora Li", about: "Early up", changed: true, busy: false });
});

test("what could not be saved stays, and says why", async () => {
  const { session, changes, snapshot, actions } = setUp();
  actions.setAbout("Early up");
  actions.save();
  await changes.asked[0]?.fail("offline");
  expect(snapshot.get()).toMatchObject({ about: "Early up", changed: true, error: session.words.get().app.offline });
});

test("nobody is without a name", () => {
  const { session, changes, snapshot, actions } = setUp();
  actions.setName(" ");
  actions.save();
  expect(snapshot.get().nameError).toBe(session.words.get().signUp.nameMissing);
  expect(changes.asked).toEqual([]);
});

test("a picture that the server does not take says why, until another is chosen", async () => {
  const puts = asking<[Uint8Array<ArrayBuffer>], string>();
  const session = fakeSession({ client: (fake) => ({ profile: { ...fake.profile, putPicture: puts.ask } }) });
  const { snapshot, actions } = profileModel(session);
  const file = new File(["picture"], "picture.png");
  actions.setPicture(file);
  await expect.poll(() => puts.asked.length).toBe(1);
  await puts.asked[0]?.fail("large-picture");
  expect(snapshot.get().pictureError).toBe(session.words.get().signUp.pictureTooLarge);
  actions.setPicture(file);
  expect(snapshot.get().pictureError).toBeUndefined();
});
