import type { Credentials } from "../../src/index.ts";
import { readContent } from "../../src/codec/content.ts";
import type { JsonRecord } from "../../src/http/shapes.ts";
import { openProxy } from "../support/proxy.ts";
import type { Proxy } from "../support/proxy.ts";
import type { Server } from "../support/server.ts";
import { chanceOf } from "./chance.ts";
import type { Chance } from "./chance.ts";
import { diskOf, openPage } from "./page.ts";
import type { Disk, Page } from "./page.ts";
import type { Tally } from "./tally.ts";

/** A few people with a few devices and conversations, and everything that goes wrong between them and their server. */
export interface World {
  readonly seed: number;
  /** Lets people talk, cuts their connections and kills their pages. */
  live(): Promise<void>;
  /** Lets everything come to rest; rejects unless every store is the same as the server's streams, and right. */
  check(): Promise<void>;
  close(): Promise<void>;
}

interface DeviceOf {
  readonly credentials: Credentials;
  readonly disk: Disk;
  page: Page | undefined;
}

interface Said {
  readonly device: DeviceOf;
  readonly conversation: string;
  readonly text: string;
  /** Whether the client has promised that it will be sent. */
  promised: boolean;
}

/** Steps of a life, and how long everything may take to come to rest afterwards, in milliseconds. */
const steps = 60;
const restsWithin = 60_000;

interface Machine {
  readonly server: Server;
  readonly proxy: Proxy;
  readonly chance: Chance;
  readonly tally: Tally;
  readonly devices: readonly DeviceOf[];
  readonly conversations: readonly string[];
  readonly said: Said[];
}

/** Makes the accounts and conversations of a world; the server must be running. */
export async function createWorld(server: Server, seed: number, tally: Tally): Promise<World> {
  const chance = chanceOf(seed);
  const people: Credentials[] = [];
  for (let at = 0; at < 3; at++) people.push(await server.account(`s${seed}.${at}.${Date.now().toString(36)}`));
  const [ada, ben, eve] = people as [Credentials, Credentials, Credentials];
  const conversations = [
    await server.conversation(ada, ben),
    await server.conversation(ada, ben, eve),
    await server.conversation(ben, eve),
  ];
  const credentials = [...people, await server.device(ada)];
  const devices = credentials.map((one) => ({ credentials: one, disk: diskOf(chance), page: undefined }));
  const proxy = await openProxy(server.port);
  const machine: Machine = { server, proxy, chance, tally, devices, conversations, said: [] };
  return {
    seed,
    live: () => live(machine),
    check: () => check(machine),
    close: async () => {
      for (const device of devices) await (device as DeviceOf).page?.kill();
      for (const { disk } of devices) disk.remove();
      await proxy.close();
    },
  };
}

async function open(machine: Machine, device: DeviceOf): Promise<Page> {
  const { proxy, chance, tally } = machine;
  device.page ??= await openPage(proxy.url, device.disk, device.credentials, { chance: chance.fork(), tally });
  return device.page;
}

async function live(machine: Machine): Promise<void> {
  const { chance, devices, proxy, tally } = machine;
  for (let step = 0; step < steps; step++) {
    const device = chance.pick(devices);
    const page = await open(machine, device);
    const dice = chance.below(100);
    if (dice < 60) say(machine, device, page);
    else if (dice < 72) tally.connectionsCut += proxy.cut(() => chance.once(2));
    else if (dice < 82) read(machine, page);
    else if (dice < 92) {
      device.page = undefined;
      tally.pagesKilled++;
      await page.kill();
    } else if (dice < 95) {
      proxy.refuse(true);
      tally.connectionsCut += proxy.cut();
      await pause(chance.below(30));
      proxy.refuse(false);
    } else page.client.connect();
    if (chance.once(2)) await pause(chance.below(25));
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function say(machine: Machine, device: DeviceOf, page: Page): void {
  const { chance, tally, said, conversations } = machine;
  const mine = page.client.conversations.get().map(({ id }) => id);
  if (mine.length === 0) return;
  const conversation = chance.pick(conversations.filter((id) => mine.includes(id)));
  for (let more = chance.below(3); more >= 0; more--) {
    const one: Said = { device, conversation, text: `${said.length}`, promised: false };
    said.push(one);
    page.client
      .conversation(conversation)
      .send({ type: "text", text: one.text })
      .then(
        () => {
          one.promised = true;
          tally.said++;
        },
        () => undefined,
      );
  }
}

function read({ chance }: Machine, { client }: Page): void {
  const conversations = client.conversations.get();
  if (conversations.length === 0) return;
  const { id, last } = chance.pick(conversations);
  if (last?.seq !== undefined) client.conversation(id).markRead(last.seq);
}

async function check(machine: Machine): Promise<void> {
  const limit = Date.now() + restsWithin;
  for (;;) {
    const problem = await difference(machine).catch((reason: unknown) => `it cannot be read: ${String(reason)}`);
    if (problem === undefined) return;
    if (Date.now() > limit) throw new Error(`${problem}\n${traces(machine)}`);
    await pause(20);
  }
}

function traces({ devices }: Machine): string {
  return devices.map(({ credentials, page }) => [credentials.handle, ...(page?.trace() ?? [])].join("\n  ")).join("\n");
}

/** What is not as it must be, yet; undefined if all is. */
async function difference(machine: Machine): Promise<string | undefined> {
  for (const device of machine.devices) {
    const { store, client } = await open(machine, device);
    const who = device.credentials.handle;
    if (client.connection.get().state !== "online") return `${who} is ${JSON.stringify(client.connection.get())}`;
    const waiting = await store.all("outbox");
    if (waiting.length > 0) return `${who} has in the outbox: ${JSON.stringify(waiting)}`;
  }
  for (const device of machine.devices) {
    const { store } = await open(machine, device);
    const who = device.credentials.handle;
    for (const row of await store.all("conversations")) {
      const stream = await streamOf(machine, device.credentials, row.id);
      const problem = (await compare(store, row.id, stream)) ?? promises(machine, row.id, stream);
      if (problem !== undefined) return `${who}, ${row.id}: ${problem}`;
      if (row.owesCursor || row.cursor !== stream.length)
        return `${who}: the cursor is ${row.cursor}, not ${stream.length}`;
    }
  }
  return undefined;
}

async function streamOf({ server }: Machine, { token }: Credentials, conversation: string): Promise<JsonRecord[]> {
  const url = `http://127.0.0.1:${server.port()}/v1/conversations/${conversation}/records?limit=1000`;
  const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  return ((await response.json()) as { records: JsonRecord[] }).records;
}

/** Every record of the stream is in the store, once, as it is; and nothing else is. */
async function compare(
  store: Page["store"],
  conversation: string,
  stream: readonly JsonRecord[],
): Promise<string | undefined> {
  const rows = await store.scan("records", conversation, { limit: 10_000 });
  const ours = rows.map(({ seq, ts, account, device, id, kind, body }) =>
    JSON.stringify([seq, ts, account, device, id, kind, Buffer.from(body).toString("base64")]),
  );
  const theirs = stream.map(({ seq, ts, account, device, id, kind, body }) =>
    JSON.stringify([seq, ts, account ?? nobody, device ?? nobody, id ?? nobody, kind, body]),
  );
  const at = theirs.findIndex((record, index) => record !== ours[index]);
  if (at >= 0) return `at ${at} the store has ${ours[at] ?? "nothing"}, the stream ${theirs[at] ?? "nothing"}`;
  return ours.length > theirs.length ? `the store has more: ${ours[theirs.length] ?? ""}` : undefined;
}

const nobody = "a".repeat(26);

/** What was promised is in the stream, nothing is there twice, and what one device said is in the order of saying. */
function promises({ said }: Machine, conversation: string, stream: readonly JsonRecord[]): string | undefined {
  const texts = stream.flatMap(({ body, kind }) => {
    const content = kind === 0 ? readContent(Buffer.from(body ?? "", "base64")) : undefined;
    return content?.type === "text" ? [content.text] : [];
  });
  const places = new Map(texts.map((text, place) => [text, place]));
  if (places.size !== texts.length) return `something is there twice: ${texts.join(" ")}`;
  const last = new Map<DeviceOf, number>();
  for (const { device, text, promised } of said.filter((one) => one.conversation === conversation)) {
    const place = places.get(text);
    if (place === undefined) {
      if (promised)
        return `${text} was promised by ${device.credentials.handle} on ${device.disk.kind}, and is not there`;
      continue;
    }
    if (place < (last.get(device) ?? -1)) return `${text} stands before what was said before it: ${texts.join(" ")}`;
    last.set(device, place);
  }
  return undefined;
}
