import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Client, memoryStore } from "../src/index.ts";
import type { Conversation, ConversationSummary, Message, Store } from "../src/index.ts";
import { startServer } from "./support/server.ts";
import type { Server } from "./support/server.ts";
import { until } from "./support/until.ts";

let server: Server;
const clients: Client[] = [];
let people = 0;

beforeAll(async () => {
  server = await startServer();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
afterAll(() => server.remove());

async function open(store: Store = memoryStore()): Promise<Client> {
  const client = await Client.open({ server: `http://127.0.0.1:${server.port()}`, store });
  clients.push(client);
  return client;
}

const online = (client: Client): Promise<unknown> =>
  until(client.connection, ({ state }) => state === "online", "online");

const code = async (): Promise<string> => (await server.command("invite", "add", "--json"))["code"] ?? "";

/** Somebody who has just signed up, by an invite of their own. */
async function person(name: string): Promise<{ client: Client; id: string; handle: string }> {
  const client = await open();
  const handle = `${name.toLowerCase()}${++people}`;
  await client.signUp({ invite: await code(), handle, name, deviceName: `${name}'s phone` });
  await online(client);
  return { client, id: client.account.get()?.account ?? "", handle };
}

const texts = (messages: readonly Message[]): string[] =>
  messages.flatMap(({ content }) => (content.type === "text" ? [content.text] : []));
const listed = (client: Client, wanted: (one: ConversationSummary) => boolean): Promise<unknown> =>
  until(client.conversations, (all) => all.some(wanted), wanted.toString());
const hear = (chat: Conversation, text: string): Promise<unknown> =>
  until(chat.messages, ({ messages }) => texts(messages).includes(text), text);

describe("somebody with an invite", () => {
  test("sees what it is worth, signs up with it, and nobody else does", async () => {
    const client = await open();
    const invite = await code();
    expect((await client.server()).signup).toBe("invite");
    expect(await client.invite(invite)).toEqual(expect.objectContaining({}));
    expect(await client.handle("@Grace", invite)).toEqual({ handle: "grace", free: true });
    const wish = { invite, handle: "grace", name: "Grace", deviceName: "laptop" };
    await client.signUp(wish);
    await online(client);
    expect(client.account.get()).toMatchObject({ handle: "grace" });
    expect(await client.profile.get()).toMatchObject({ name: "Grace", handle: "grace", picture: null });

    const other = await open();
    await expect(other.signUp({ ...wish, handle: "grace2" })).rejects.toMatchObject({ reason: "invite-used" });
    await expect(other.signUp({ ...wish, invite: await code() })).rejects.toMatchObject({ reason: "handle-taken" });
    expect(other.connection.get()).toEqual({ state: "signed_out" });
  });
});

describe("people who signed up", () => {
  test("S2 find each other by handle and meet in one conversation, also when both begin it", async () => {
    const [ada, ben] = [await person("Ada"), await person("Ben")];
    const found = await ada.client.profiles.byHandle(ben.handle);
    expect(found).toMatchObject({ account: ben.id, name: "Ben" });
    const ids = await Promise.all([ada.client.startDirect(ben.id), ben.client.startDirect(ada.id)]);
    expect(ids[0]).toBe(ids[1]);
    await ada.client.conversation(ids[0]).send({ type: "text", text: "hello" });
    await hear(ben.client.conversation(ids[0]), "hello");
    await listed(ben.client, (one) => one.with === ada.id && one.unread === 1);
  });

  test("make a group, change it, and leave it", async () => {
    const [ada, ben, eve] = [await person("Ada"), await person("Ben"), await person("Eve")];
    const id = await ada.client.createGroup({ name: "trip", members: [ben.id] });
    const [hers, his] = [ada.client.conversation(id), ben.client.conversation(id)];
    await listed(ben.client, (one) => one.id === id && one.name === "trip" && one.memberCount === 2);
    await hers.change({ add: [eve.id], roles: { [ben.id]: "admin" } });
    await his.change({ name: "the trip" });
    await listed(ben.client, (one) => one.name === "the trip" && one.role === "admin" && one.memberCount === 3);
    await listed(eve.client, (one) => one.id === id && one.name === "the trip");
    await his.send({ type: "text", text: "welcome" });
    await hear(eve.client.conversation(id), "welcome");
    expect((await hers.members()).map(({ account }) => account).sort()).toEqual([ada.id, ben.id, eve.id].sort());
    await eve.client.conversation(id).leave();
    await listed(eve.client, (one) => one.id === id && one.left);
    await listed(ada.client, (one) => one.memberCount === 2);
  });

  test("see each other's new names, and have the same settings on all their devices", async () => {
    const [ada, ben] = [await person("Ada"), await person("Ben")];
    const id = await ada.client.startDirect(ben.id);
    const profile = ben.client.profiles.get(ada.id);
    await until(profile, (known) => known?.name === "Ada", "her name");
    await ada.client.profile.change({ name: "Ada L.", about: "counting" });
    const changed = await until(profile, (known) => known?.name === "Ada L.", "her new name");
    expect(changed?.about).toBe("counting");

    const { device, token } = await server.command("device", "add", ada.handle);
    const tablet = await open();
    await tablet.signIn({ account: ada.id, handle: ada.handle, device: device ?? "", token: token ?? "" });
    await online(tablet);
    await ada.client.setSettings({ theme: "dark" });
    await until(tablet.account, (account) => account?.settings["theme"] === "dark", "the theme");
    await ada.client.conversation(id).setSettings({ pinned: true });
    await listed(tablet, (one) => one.settings["pinned"] === true);
  });

  test("show pictures", async () => {
    const [ada, ben] = [await person("Ada"), await person("Ben")];
    await ada.client.startDirect(ben.id);
    const hash = await ada.client.profile.putPicture(onePixel);
    const profile = ben.client.profiles.get(ada.id);
    await until(profile, (known) => known?.picture === hash, "her picture");
    const picture = await ben.client.picture(hash);
    expect(picture.type).toBe("image/png");
    expect(new Uint8Array(await picture.arrayBuffer())).toEqual(onePixel);
    await ada.client.profile.deletePicture();
    await until(profile, (known) => known?.picture === null, "no picture");
  });
});

describe("a second device", () => {
  test("Q3 comes in by a code, has what was said before, and is out once it is logged out", async () => {
    const [ada, ben] = [await person("Ada"), await person("Ben")];
    const id = await ada.client.startDirect(ben.id);
    await ada.client.conversation(id).send({ type: "text", text: "before" });

    const tablet = await open();
    await tablet.linking.ask("tablet");
    const shown = await until(tablet.linking.state, ({ state }) => state === "waiting", "a code");
    const asker = await ada.client.devices.claim("code" in shown ? shown.code : "");
    expect(asker.device_name).toBe("tablet");
    await until(tablet.linking.state, ({ state }) => state === "seen", "to be seen");
    await ada.client.devices.confirm(asker.link);
    await until(tablet.linking.state, ({ state }) => state === "linked", "to be linked");
    await online(tablet);
    expect(tablet.account.get()?.account).toBe(ada.id);
    await hear(tablet.conversation(id), "before");

    const devices = await ada.client.devices.list();
    expect(devices.map(({ name }) => name).sort()).toEqual(["Ada's phone", "tablet"]);
    await ada.client.devices.revoke(tablet.account.get()?.device ?? "");
    await until(tablet.connection, ({ state }) => state === "refused", "to be refused");
    expect(tablet.connection.get()).toEqual({ state: "refused", reason: "credentials" });
    expect(await ada.client.devices.list()).toHaveLength(1);
  });

  test("that is refused stays out", async () => {
    const ada = await person("Ada");
    const tablet = await open();
    await tablet.linking.ask("tablet");
    const shown = await until(tablet.linking.state, ({ state }) => state === "waiting", "a code");
    const { link } = await ada.client.devices.claim("code" in shown ? shown.code : "");
    await ada.client.devices.refuse(link);
    await until(tablet.linking.state, ({ state }) => state === "refused", "to be refused");
    expect(tablet.connection.get()).toEqual({ state: "signed_out" });
  });

  test("that signs out is gone from the list, and its store is empty", async () => {
    const ada = await person("Ada");
    const { device, token } = await server.command("device", "add", ada.handle);
    const store = memoryStore();
    const tablet = await open(store);
    await tablet.signIn({ account: ada.id, handle: ada.handle, device: device ?? "", token: token ?? "" });
    await online(tablet);
    expect(await ada.client.devices.list()).toHaveLength(2);
    await tablet.signOut();
    expect(await ada.client.devices.list()).toHaveLength(1);
    expect(tablet.connection.get()).toEqual({ state: "signed_out" });
    expect([await store.all("me"), await store.all("conversations")]).toEqual([[], []]);
  });
});

const onePixel = new Uint8Array(
  Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  ),
);
