import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Client, memoryStore } from "../src/index.ts";
import type { Credentials, Presence } from "../src/index.ts";
import { startServer } from "./support/server.ts";
import type { Server } from "./support/server.ts";
import { until } from "./support/until.ts";

let server: Server;
const clients: Client[] = [];

beforeAll(async () => {
  server = await startServer();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
afterAll(() => server.remove());

async function open(credentials: Credentials): Promise<Client> {
  const client = await Client.open({ server: `http://127.0.0.1:${server.port()}`, store: memoryStore(), credentials });
  clients.push(client);
  await until(client.connection, ({ state }) => state === "online", "online");
  return client;
}

test("P1 who shares a conversation sees whether the other looks, and when they last did", async () => {
  const [as, bs] = [await server.account("ada"), await server.account("ben")];
  await server.conversation(as, bs);
  const [ada, ben] = [await open(as), await open(bs)];
  const presence = ada.presence(bs.account);
  // Nothing is known of whom nobody watches: this one does all the time.
  presence.subscribe(() => undefined);
  await until(presence, ({ online }) => online, "ben to be there");
  ben.setActive(false);
  const away = await until(presence, ({ online }) => !online, "ben to be away");
  expect(away.lastSeen).toBeGreaterThan(0);
  expect((away.lastSeen ?? 1) % 60_000).toBe(0);
  ben.setActive(true);
  await until(presence, ({ online }) => online, "ben to be back");
});

test("P1 who looks later, or looked before they shared a conversation, sees it, too", async () => {
  const [fs, gs] = [await server.account("fay"), await server.account("gus")];
  const [fay] = [await open(fs), await open(gs)];
  const early = fay.presence(gs.account);
  early.subscribe(() => undefined);
  await fay.startDirect(gs.account);
  await until(early, ({ online }) => online, "gus to be there");
  const late = fay.presence(gs.account);
  await until(late, ({ online }) => online, "gus to be there for who looks later");
});

test("P1 who shares none sees nothing", async () => {
  const [es, cs, ds] = [await server.account("eve"), await server.account("carl"), await server.account("dan")];
  await server.conversation(es, ds);
  const [eve] = [await open(es), await open(cs), await open(ds)];
  const seen: Presence[] = [];
  const [carl, dan] = [eve.presence(cs.account), eve.presence(ds.account)];
  carl.subscribe(() => seen.push(carl.get()));
  dan.subscribe(() => undefined);
  await until(dan, ({ online }) => online, "dan to be there");
  for (const presence of seen) expect(presence).toEqual({ online: false, lastSeen: undefined });
});
