import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readContent } from "../src/codec/content.ts";
import { Client } from "../src/index.ts";
import type { Cipher, Conversation, Credentials, Message, Store } from "../src/index.ts";
import { memoryStore } from "../src/store/memory.ts";
import { openProxy } from "./support/proxy.ts";
import type { Proxy } from "./support/proxy.ts";
import { startServer } from "./support/server.ts";
import type { Server } from "./support/server.ts";
import { until } from "./support/until.ts";

let server: Server;
let proxy: Proxy;
const clients: Client[] = [];
let people = 0;

beforeAll(async () => {
  server = await startServer();
  proxy = await openProxy(server.port);
});
afterEach(async () => {
  proxy.refuse(false);
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
afterAll(async () => {
  await proxy.close();
  await server.remove();
});

const person = (): Promise<Credentials> => server.account(`person${++people}`);

async function open(
  credentials: Credentials,
  store: Store = memoryStore(),
  more: { readonly cipher?: Cipher } = {},
): Promise<Client> {
  const backOff = { first: 20, longest: 200 };
  const client = await Client.open({ server: proxy.url, store, credentials, backOff, ...more });
  clients.push(client);
  return client;
}

const online = (client: Client): Promise<unknown> =>
  until(client.connection, ({ state }) => state === "online", "online");
const say = (conversation: Conversation, text: string): Promise<string> => conversation.send({ type: "text", text });
const textOf = ({ content }: Message): string => (content.type === "text" ? content.text : content.type);
const texts = (messages: readonly Message[]): string[] => messages.map(textOf);

/** Two people with a direct conversation, both online. */
async function couple(): Promise<{ ada: Client; ben: Client; id: string; as: Credentials; bs: Credentials }> {
  const [as, bs] = [await person(), await person()];
  const id = await server.conversation(as, bs);
  const [ada, ben] = [await open(as), await open(bs)];
  await Promise.all([online(ada), online(ben)]);
  // A conversation from before comes by range, and not before the device is online.
  for (const client of [ada, ben])
    await until(client.conversations, ([one]) => one?.last !== undefined, "its beginning");
  return { ada, ben, id, as, bs };
}

describe("two people", () => {
  test("talk to each other, each message once and in order, and see how far theirs have come", async () => {
    const { ada, ben, id } = await couple();
    const [hers, his] = [ada.conversation(id), ben.conversation(id)];
    for (const text of ["one", "two"]) await say(hers, text);
    const got = await until(his.messages, ({ messages }) => messages.length === 3, "three messages");
    expect(texts(got.messages)).toEqual(["created", "one", "two"]);
    expect(got.messages.map(({ mine, state }) => [mine, state.state])).toEqual([
      [false, "incoming"],
      [false, "incoming"],
      [false, "incoming"],
    ]);
    await until(hers.messages, ({ messages }) => messages.at(-1)?.state.state === "delivered", "delivered");
    his.markRead(3);
    await until(hers.messages, ({ messages }) => messages.at(-1)?.state.state === "read", "read");
    await say(his, "three");
    const end = await until(hers.messages, ({ messages }) => messages.length === 4, "four messages");
    expect(texts(end.messages)).toEqual(["created", "one", "two", "three"]);
    expect(end.messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  test("see their conversation in the list, with what is unread", async () => {
    const { ada, ben, id, as } = await couple();
    await say(ada.conversation(id), "hello");
    const [summary] = await until(
      ben.conversations,
      ([one]) => one?.unread === 1 && one.with !== undefined,
      "one unread",
    );
    expect(summary).toMatchObject({ id, kind: "direct", with: as.account, left: false });
    expect(summary?.last?.content).toEqual({ type: "text", text: "hello" });
    ben.conversation(id).markRead(2);
    await until(ben.conversations, ([one]) => one?.unread === 0, "nothing unread");
  });

  test("P2 see each other typing, until the message comes", async () => {
    const { ada, ben, id, as } = await couple();
    ada.conversation(id).typing();
    await until(ben.conversations, ([one]) => one?.typing[0] === as.account, "ada to type");
    await say(ada.conversation(id), "there");
    await until(ben.conversations, ([one]) => one?.typing.length === 0, "nobody to type");
  });
});

describe("a cipher", () => {
  /** Not one to keep anything secret with: each byte is turned by one that follows from the message's id. */
  const turn = (id: string, bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ id.charCodeAt(25) ^ 0x80);
  const cipher: Cipher = {
    seal: (_conversation, message, content) => Promise.resolve(turn(message, content)),
    open: (_conversation, { id, body }) => Promise.resolve(turn(id, body)),
  };

  test("stands between all contents and the server, on every way that they take", async () => {
    const [as, bs] = [await person(), await person()];
    const id = await server.conversation(as, bs);
    const stores = [memoryStore(), memoryStore()] as const;
    const [ada, ben] = [await open(as, stores[0], { cipher }), await open(bs, stores[1], { cipher })];
    await Promise.all([online(ada), online(ben)]);
    for (const text of ["one", "two"]) await say(ada.conversation(id), text);
    const both = ({ messages }: { readonly messages: readonly Message[] }): boolean => messages.length === 3;
    const his = await until(ben.conversation(id).messages, both, "three messages");
    expect(texts(his.messages)).toEqual(["created", "one", "two"]);
    // A device that is new reads by range, the last one from the state.
    const tablet = await open(await server.device(as), memoryStore(), { cipher });
    const hers = await until(tablet.conversation(id).messages, both, "three messages");
    expect(texts(hers.messages)).toEqual(["created", "one", "two"]);
    // Without it nothing can be read, and what is there is shown all the same.
    const blind = await open(await server.device(bs));
    const seen = await until(blind.conversation(id).messages, both, "three messages");
    expect(texts(seen.messages)).toEqual(["created", "unsupported", "unsupported"]);
    // The echo of one's own message is in the store as it was before it was sealed.
    for (const store of stores) {
      const rows = await store.scan("records", id, { from: 2, limit: 10 });
      expect(rows.map(({ body }) => readContent(body))).toMatchObject([{ text: "one" }, { text: "two" }]);
    }
  });
});

describe("a conversation that begins while somebody is online", () => {
  test("is in the list at once", async () => {
    const [as, bs] = [await person(), await person()];
    const ben = await open(bs);
    await online(ben);
    const id = await server.conversation(as, bs);
    await until(ben.conversations, ([one]) => one?.id === id && one.with === as.account, "the conversation");
  });

  test("S6 and that this account is removed from stays, without anything new", async () => {
    const [as, bs, cs] = [await person(), await person(), await person()];
    const members = [as, bs, cs].map(({ handle }) => handle).join(",");
    const { conversation: id = "" } = await server.command(
      "conversation",
      "add",
      "--name",
      "trip",
      "--members",
      members,
    );
    const [ada, ben] = [await open(as), await open(bs)];
    await Promise.all([online(ada), online(ben)]);
    await say(ada.conversation(id), "before");
    const his = ben.conversation(id);
    await until(his.messages, ({ messages }) => messages.length === 2, "two messages");
    await server.command("conversation", "members", "remove", id, "--members", bs.handle);
    await until(ben.conversations, ([one]) => one?.left === true, "to be removed");
    await say(ada.conversation(id), "after");
    await until(ada.conversation(id).messages, ({ messages }) => messages.at(-1)?.state.state !== "sending", "sent");
    await expect(say(his, "let me in")).rejects.toThrow("not-member");
    expect(texts(his.messages.get().messages)).not.toContain("after");
  });
});

describe("a device", () => {
  test("S3 sends what was said while there was no server, once there is one", async () => {
    const { ada, ben, id } = await couple();
    proxy.refuse(true);
    proxy.cut();
    await until(ada.connection, ({ state }) => state === "offline", "offline");
    const hers = ada.conversation(id);
    for (const text of ["a", "b", "c"]) await say(hers, text);
    await until(hers.messages, ({ messages }) => messages.length === 4, "four messages");
    expect(
      hers.messages
        .get()
        .messages.slice(1)
        .map(({ state }) => state.state),
    ).toEqual(["sending", "sending", "sending"]);
    proxy.refuse(false);
    const his = ben.conversation(id);
    const got = await until(his.messages, ({ messages }) => messages.length === 4, "four messages");
    expect(texts(got.messages)).toEqual(["created", "a", "b", "c"]);
  });

  test("S3 that ends before its messages went out sends them when it is opened again", async () => {
    const { ada, ben, id, as } = await couple();
    await ada.close();
    const store = memoryStore();
    const first = await open(as, { ...store, close: () => Promise.resolve() });
    await online(first);
    proxy.refuse(true);
    proxy.cut();
    await say(first.conversation(id), "kept");
    await first.close();
    proxy.refuse(false);
    await open(as, store);
    const got = await until(ben.conversation(id).messages, ({ messages }) => messages.length === 2, "two messages");
    expect(texts(got.messages)).toEqual(["created", "kept"]);
  });

  test("that is new fills in everything from the account's join on", async () => {
    const { ada, id, as } = await couple();
    for (let at = 0; at < 120; at++) await say(ada.conversation(id), `m${at}`);
    const tablet = await open(await server.device(as));
    const window = tablet.conversation(id);
    window.messages.subscribe(() => undefined);
    await until(window.messages, ({ messages }) => messages.length >= 60, "a page");
    for (;;) {
      const { hasOlder } = await until(window.messages, ({ loading }) => !loading, "the page");
      if (!hasOlder) break;
      await window.loadOlder();
    }
    // What the server sends by itself may still be on its way.
    const { messages } = await until(window.messages, (now) => now.messages.length >= 121, "all of them");
    expect(texts(messages)).toEqual(["created", ...Array.from({ length: 120 }, (_, at) => `m${at}`)]);
  });

  test("sees what another device of its account has sent and read", async () => {
    const { ada, ben, id, as } = await couple();
    const tablet = await open(await server.device(as));
    await online(tablet);
    await say(ben.conversation(id), "for both");
    await until(tablet.conversations, ([one]) => one?.unread === 1, "one unread");
    ada.conversation(id).markRead(2);
    await until(tablet.conversations, ([one]) => one?.unread === 0, "nothing unread");
    await say(ada.conversation(id), "from the phone");
    const got = await until(
      tablet.conversation(id).messages,
      ({ messages }) => messages.length === 3,
      "three messages",
    );
    expect(got.messages.at(-1)).toMatchObject({ mine: true, content: { text: "from the phone" } });
  });

  test("that is opened a second time ends the first, which does not fight for the connection", async () => {
    const { ada, as } = await couple();
    const second = await open(as);
    await online(second);
    expect(await until(ada.connection, ({ state }) => state === "refused", "refused")).toEqual({
      state: "refused",
      reason: "taken_over",
    });
    ada.connect();
    await online(ada);
    await until(second.connection, ({ state }) => state === "refused", "refused");
  });

  test("Q3 that is revoked says so, and stays away", async () => {
    const { ada, as } = await couple();
    await server.command("device", "revoke", as.device);
    expect(await until(ada.connection, ({ state }) => state === "refused", "refused")).toEqual({
      state: "refused",
      reason: "credentials",
    });
  });

  test("D9 gets the newest of 500 missed messages first, and then all of them", async () => {
    const { ada, ben, id, bs } = await couple();
    const store = memoryStore();
    await ben.close();
    const before = await open(bs, { ...store, close: () => Promise.resolve() });
    await online(before);
    await before.close();
    const hers = ada.conversation(id);
    for (let at = 0; at < 500; at += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, more) => say(hers, `m${at + more}`)));
    }
    await until(hers.messages, ({ messages }) => messages.at(-1)?.state.state === "sent", "all to be sent");
    const after = await open(bs, store);
    await until(after.conversations, ([one]) => one?.unread === 500, "500 unread");
    const records = async (): Promise<string[]> => {
      const rows = await store.scan("records", id, { limit: 1000 });
      return rows.map(({ seq }) => String(seq));
    };
    await expect.poll(records, { timeout: 60_000 }).toEqual(Array.from({ length: 501 }, (_, at) => String(at + 1)));
    // The server knows it too: after another connect nothing of it comes again.
    await expect.poll(async () => (await store.all("conversations"))[0]?.owesCursor, { timeout: 60_000 }).toBe(false);
    expect((await store.all("conversations"))[0]).toMatchObject({ cursor: 501, head: 501 });
  });
});
