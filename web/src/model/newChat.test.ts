import { expect, test } from "vitest";
import { fakeSession } from "../testing/session.ts";
import { asking, settled } from "../testing/asking.ts";
import { demoWorld } from "./fake/demo.ts";
import { malik } from "./fake/people.ts";
import { newChatModel, type NewChatModel } from "./newChat.ts";
import type { Id } from "./ports.ts";

const names = ({ snapshot }: NewChatModel): { recent: string[]; people: string[] | string } => {
  const { recent, people } = snapshot.get();
  return {
    recent: recent.map(({ name }) => name),
    people: people.state === "found" ? people.people.map(({ name }) => name) : people.state,
  };
};

test("those whom one wrote with last are offered before one types", () => {
  expect(names(newChatModel(fakeSession())).recent).toEqual(["Anouk", "Theo", "Samir"]);
});

test("somebody with whom there is a chat is found at once, others once the server has answered", async () => {
  const session = fakeSession();
  const model = newChatModel(session);
  model.actions.setQuery("a");
  expect(names(model)).toEqual({ recent: ["Anouk", "Samir", "Hana", "Greta", "Pavel", "Bea"], people: "searching" });
  session.platform.clock.advance(250);
  await settled();
  expect(names(model).people).toEqual(["Malik", "Rosa"]);
});

test("who was found stays in their place when they begin a chat meanwhile, and is known by the next text", async () => {
  const session = fakeSession();
  const model = newChatModel(session);
  model.actions.setQuery("mali");
  session.platform.clock.advance(250);
  await settled();
  const before = { recent: [], people: ["Malik"] };
  expect(names(model)).toEqual(before);
  await session.client.startDirect(malik.account);
  expect(names(model)).toEqual(before);
  model.actions.setQuery("malik");
  expect(names(model)).toEqual({ recent: ["Malik"], people: [] });
});

test("whom one chooses one talks to", async () => {
  const session = fakeSession();
  const model = newChatModel(session);
  const [anouk] = model.snapshot.get().recent;
  if (anouk === undefined) throw new Error("nobody is offered");
  model.actions.choose(anouk);
  await settled();
  const chat = demoWorld.conversations.find(({ kind, others }) => kind === "direct" && others[0]?.name === "Anouk");
  expect(session.router.route.get()).toEqual({ at: "chat", id: chat?.id, info: false, adding: false });
});

test("a chat that could not be begun says so until one types again", async () => {
  const start = asking<[Id], Id>();
  const session = fakeSession({ client: () => ({ startDirect: start.ask }) });
  const model = newChatModel(session);
  const [anouk] = model.snapshot.get().recent;
  if (anouk === undefined) throw new Error("nobody is offered");
  model.actions.choose(anouk);
  await start.asked[0]?.fail("offline");
  expect(model.snapshot.get().error).toBe(session.words.get().newChat.failed);
  expect(session.router.route.get()).toEqual({ at: "list" });
  model.actions.setQuery("a");
  expect(model.snapshot.get().error).toBeUndefined();
});
