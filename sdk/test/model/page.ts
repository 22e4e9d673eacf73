import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../src/base/clock.ts";
import { systemClock } from "../../src/base/clock.ts";
import { decode } from "../../src/codec/decode.ts";
import { encode } from "../../src/codec/encode.ts";
import type { Packet } from "../../src/codec/packet.ts";
import { framer } from "../../src/codec/framer.ts";
import { Client } from "../../src/index.ts";
import type { Credentials } from "../../src/index.ts";
import { indexedDbStore } from "../../src/store/indexeddb.ts";
import { emptyMemory, memoryStore } from "../../src/store/memory.ts";
import { sqliteStore } from "../../src/store/sqlite.ts";
import type { Change, Store } from "../../src/store/store.ts";
import type { Connection, Transport } from "../../src/transport/transport.ts";
import { webSocketTransport } from "../../src/transport/websocket.ts";
import type { Chance } from "./chance.ts";
import type { Tally } from "./tally.ts";

/** A disk that outlives pages: what a store is opened on. */
export interface Disk {
  readonly kind: "memory" | "SQLite" | "IndexedDB";
  open(): Promise<Store>;
  remove(): void;
}

/** Disks of the three kinds of stores; memory most of the time, because it is quick. */
export function diskOf(chance: Chance): Disk {
  switch (chance.below(6)) {
    case 0: {
      const folder = mkdtempSync(join(tmpdir(), "dunlin-model-"));
      return {
        kind: "SQLite",
        open: () => Promise.resolve(sqliteStore(join(folder, "store.db"), { sync: false })),
        remove: () => {
          rmSync(folder, { recursive: true });
        },
      };
    }
    case 1: {
      const factory = new IDBFactory();
      return { kind: "IndexedDB", open: () => indexedDbStore("model", factory), remove: () => undefined };
    }
    default: {
      const memory = emptyMemory();
      return { kind: "memory", open: () => Promise.resolve(memoryStore(memory)), remove: () => undefined };
    }
  }
}

/** A page with a client in it, which may be killed at any moment. */
export interface Page {
  readonly client: Client;
  readonly store: Store;
  /**
   * Kills it: no timer, answer or commit reaches it any more, and nothing leaves it. A commit that was under way has been
   * applied, or has not.
   */
  kill(): Promise<void>;
  /** The last of what it sent, received, and found strange. */
  trace(): readonly string[];
}

/** Lines of a page that are kept. */
const traced = 100;

/** How often the page refuses in the server's place to take a message for the moment. */
const refusesOnceIn = 25;

/** Opens a page. */
export async function openPage(url: string, disk: Disk, credentials: Credentials, luck: Luck): Promise<Page> {
  const store = await disk.open();
  let dead = false;
  const trace: string[] = [];
  const note = (line: string): void => {
    if (trace.push(`${Date.now() % 1_000_000} ${line}`) > traced) trace.shift();
  };
  const life: Life = { ...luck, note, isDead: () => dead, connections: new Set() };
  const client = await Client.open({
    server: url,
    credentials,
    store: mortalStore(store, life),
    transport: mortalTransport(webSocketTransport(url), life),
    fetch: mortalFetch(life),
    clock: mortalClock(life),
    backOff: { first: 5, longest: 80 },
    fault: note,
  });
  const kill = async (): Promise<void> => {
    dead = true;
    for (const connection of life.connections) connection.close();
    await store.close();
  };
  return { client, store, kill, trace: () => trace };
}

/** What happens to a page is drawn here, and counted there. */
export interface Luck {
  readonly chance: Chance;
  readonly tally: Tally;
}

interface Life extends Luck {
  readonly isDead: () => boolean;
  readonly note: (line: string) => void;
  readonly connections: Set<Connection>;
}

const never = new Promise<never>(() => undefined);

function mortalStore(store: Store, life: Life): Store {
  const living = async <T>(work: () => Promise<T>): Promise<T> => {
    // A disk takes its time, and the page may die in it: before the work, or between the work and its answer.
    if (life.chance.once(3)) await new Promise((resolve) => setImmediate(resolve));
    if (life.isDead()) return never;
    const done = await work();
    if (life.chance.once(3)) await new Promise((resolve) => setImmediate(resolve));
    return life.isDead() ? never : done;
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    all: (table) => living(() => store.all(table)),
    scan: (table, name, scan) => living(() => store.scan(table, name, scan)),
    commit: (changes: readonly Change[]) => {
      const mine = last.then(() => living(() => store.commit(changes)));
      last = mine.catch(() => undefined);
      return mine;
    },
    close: () => store.close(),
  };
}

function mortalClock(life: Life): Clock {
  return {
    now: systemClock.now,
    after: (ms, then) =>
      systemClock.after(ms, () => {
        if (!life.isDead()) then();
      }),
  };
}

function mortalFetch(life: Life): typeof fetch {
  return async (input, init) => {
    if (life.isDead()) return never;
    const path = new URL(input instanceof Request ? input.url : input).pathname;
    try {
      const response = await fetch(input, init);
      life.note(`${path}: ${response.status}`);
      return life.isDead() ? await never : response;
    } catch (reason) {
      if (life.isDead()) return never;
      life.note(`${path}: ${String(reason)}`);
      throw reason;
    }
  };
}

/** A transport that dies with its page, and that now and then answers a message with `busy` instead of passing it on. */
function mortalTransport(inner: Transport, life: Life): Transport {
  return (events) => {
    const living =
      <A extends unknown[]>(then: (...args: A) => void) =>
      (...args: A) => {
        if (!life.isDead()) then(...args);
      };
    const heard = framer();
    const received = living((bytes: Uint8Array) => {
      for (const frame of heard.push(bytes)) life.note(`< ${lineOf(decode(frame))}`);
      events.received(bytes);
    });
    const connection = inner({
      opened: living(events.opened),
      received,
      closed: living(() => {
        life.note("closed");
        life.connections.delete(connection);
        events.closed();
      }),
    });
    life.connections.add(connection);
    const cut = framer();
    return {
      close: () => {
        life.connections.delete(connection);
        connection.close();
      },
      send: (bytes) => {
        for (const frame of cut.push(bytes)) {
          const packet = decode(frame);
          life.note(`> ${lineOf(packet)}`);
          if (packet.type === "publish" && packet.topic.endsWith("/send") && life.chance.once(refusesOnceIn)) {
            life.tally.refused++;
            const properties = { reasonString: "busy" };
            const refusal = encode({ type: "puback", id: packet.id, reason: 0x97, properties });
            setImmediate(() => {
              if (life.connections.has(connection)) received(refusal);
            });
          } else if (!life.isDead()) {
            connection.send(encode(packet));
          }
        }
      },
    };
  };
}

function lineOf(packet: Packet): string {
  switch (packet.type) {
    case "publish":
      return `publish ${packet.topic} ${packet.id} ${Buffer.from(packet.payload).toString("hex").slice(0, 80)}`;
    case "puback":
      return `puback ${packet.id} ${packet.reason} ${JSON.stringify(packet.properties)}`;
    case "connack":
      return `connack ${packet.reason}`;
    default:
      return packet.type;
  }
}
