import type { Clock, Random } from "../base/clock.ts";
import type { Id } from "../base/id.ts";
import { emitter, signalOf } from "../base/signal.ts";
import type { Emitter, Signal } from "../base/signal.ts";
import type { Properties } from "../codec/properties.ts";
import { userProperty } from "../codec/properties.ts";
import { readLive, writeLive } from "../codec/wire.ts";
import type { AccountApi } from "../http/api.ts";
import { Problem } from "../http/problem.ts";
import type { State } from "../http/shapes.ts";
import type { OutboxRow } from "../store/rows.ts";
import type { Transport } from "../transport/transport.ts";
import type { BackOff } from "./back_off.ts";
import type { Book } from "./book.ts";
import type { Cipher } from "./cipher.ts";
import { createFiller } from "./filler.ts";
import type { Filler } from "./filler.ts";
import { findMessage } from "./find.ts";
import { createLink } from "./link.ts";
import type { Burst, Incoming, Link } from "./link.ts";
import { createReceiver } from "./receiver.ts";
import type { Receiver } from "./receiver.ts";
import { createSender } from "./sender.ts";
import type { Sender } from "./sender.ts";
import { createSerial } from "./serial.ts";
import type { Serial } from "./serial.ts";
import { takeState } from "./state.ts";
import { raiseRead } from "./unread.ts";
import { createWatches } from "./watches.ts";
import type { Watches } from "./watches.ts";

/** How far this device is with its account. */
export type SyncState =
  | { readonly state: "offline"; readonly retryAt: number | undefined }
  | { readonly state: "connecting" }
  /** Connected; what was missed is coming. */
  | { readonly state: "catching_up" }
  | { readonly state: "online" }
  | { readonly state: "refused"; readonly reason: "credentials" | "taken_over" | "store" };

/** What an engine tells that is not in the book. */
export type EngineEvent =
  /** Something of the moment from another member's device. */
  | { readonly type: "live"; readonly conversation: Id; readonly account: Id; readonly body: Uint8Array }
  /** Another device of this account was linked or revoked. */
  | { readonly type: "devices" }
  /** An account that shares a conversation with this one, or this one, has another profile since a version. */
  | { readonly type: "profile"; readonly account: Id; readonly version: number }
  /** A state of the account was taken over. */
  | { readonly type: "state"; readonly state: State }
  /** Something made no sense and was passed over, or failed and is tried again. For logs. */
  | { readonly type: "fault"; readonly what: string };

/** What an engine is made of. */
export interface EngineParts {
  readonly book: Book;
  readonly transport: Transport;
  readonly api: Pick<AccountApi, "state" | "records">;
  readonly cipher: Cipher;
  readonly clock: Clock;
  readonly random: Random;
  readonly backOff: BackOff;
}

/** Keeps a book and the server's streams the same, in both directions, for as long as it runs. */
export interface Engine {
  readonly state: Signal<SyncState>;
  readonly events: Emitter<EngineEvent>;
  start(): void;
  stop(): void;
  hurry(): void;
  /** There is something new in the outbox, or in the marks. */
  wake(): void;
  /** Publishes something of the moment, if there is a connection. */
  publishLive(conversation: Id, body: Uint8Array): void;
  /** Tells the server whether a person looks: push, ringing and presence follow it. */
  setActive(active: boolean): void;
  /** Raises what the person has read. */
  markRead(conversation: Id, seq: number): Promise<void>;
  /** Brings older records of a conversation into the store. Rejects with a {@link Problem}. */
  older(conversation: Id, before: number): Promise<void>;
  /** Reads the account's state anew. */
  refresh(): Promise<void>;
  /** {@link Watches.watch}. */
  watch(filter: string, listener: (payload: Uint8Array) => void): () => void;
  /** Ends with the reason that the store gave. */
  fail(): void;
}

/** What a device subscribes to: docs/protocol.md, "Topics". */
const subscriptions = [
  { filter: "me", qos: 1 },
  { filter: "c/+", qos: 1 },
  { filter: "c/+/receipt", qos: 0 },
  { filter: "c/+/live", qos: 0 },
  { filter: "me/now", qos: 0 },
] as const;

/** Messages that the server may send before this device has stored them. */
const receiveMaximum = 512;
/** How often the state is asked for in a row when it is older than what is known. */
const stateTries = 3;
/** Conversations that are joined together are looked up together: within this, in milliseconds. */
const joinedPause = 200;

interface Machine {
  readonly parts: EngineParts;
  readonly state: ReturnType<typeof signalOf<SyncState>>;
  readonly serial: Serial;
  readonly events: Emitter<EngineEvent>;
  /** The end of each connection. */
  readonly ends: Emitter<"ended">;
  readonly watches: Watches;
  readonly link: Link;
  readonly receiver: Receiver;
  readonly sender: Sender;
  readonly filler: Filler;
  /** Counts connections; what belongs to an earlier one is dropped. */
  connection: number;
  /** The connection whose messages are being taken in. */
  taking: number;
  /** The account's state, asked for while the first connection comes about; read once for each start. */
  early: Promise<State> | undefined;
  active: boolean;
  refreshing: boolean;
}

/** Makes an engine that is stopped. */
export function createEngine(parts: EngineParts): Engine {
  const machine = assemble(parts);
  const { link, sender, filler, serial } = machine;
  const { book } = parts;
  return {
    state: machine.state.signal,
    events: machine.events,
    start: () => {
      machine.early ??= parts.api.state();
      // Who needs it sees the error; whoever does not, does not.
      machine.early.catch(() => undefined);
      link.start();
    },
    stop: () => {
      link.stop();
      filler.pause();
    },
    hurry: () => {
      link.hurry();
    },
    wake: () => {
      sender.wake();
    },
    publishLive: (conversation, body) => {
      link.publish(`c/${conversation}/live`, writeLive(body));
    },
    setActive: (active) => {
      if (machine.active === active) return;
      machine.active = active;
      tellActive(machine);
    },
    markRead: async (conversation, seq) => {
      await serial.run(() => raiseRead(book, conversation, seq));
      sender.wake();
    },
    older: (conversation, before) => filler.older(conversation, before),
    refresh: () => refresh(machine, { forget: false, quiet: false }),
    watch: machine.watches.watch,
    fail: () => {
      link.stop();
      filler.pause();
      machine.state.set({ state: "refused", reason: "store" });
    },
  };
}

function assemble(parts: EngineParts): Machine {
  const { book, cipher } = parts;
  const me = book.me();
  const serial = createSerial();
  const events = emitter<EngineEvent>();
  const tellFault = (what: string): void => {
    events.emit({ type: "fault", what });
  };
  const link = createLink({
    ...parts,
    session: { clientId: me.device, username: me.account, password: me.token, receiveMaximum },
    subscriptions,
    events: {
      opened: (properties) => {
        opened(machine, properties);
      },
      burst: (burst) => {
        take(machine, burst);
      },
      closed: () => {
        closed(machine);
      },
    },
  });
  const receiver = createReceiver(book, cipher, {
    caughtUp: () => {
      if (machine.taking === machine.connection) machine.state.set({ state: "online" });
    },
    refresh: () => refreshNow(machine, { forget: false, quiet: false }),
    joined: () => {
      joined(machine);
    },
    tell: events.emit,
  });
  const filled = (id: Id): void => {
    const row = book.conversation(id);
    if (row !== undefined) book.put({ ...row, owesCursor: true });
    sender.wake();
  };
  const filler = createFiller({ ...parts, receiver, serial, fault: tellFault, filled });
  const find = (row: OutboxRow): Promise<boolean> => findMessage(book, filler, row);
  const sender = createSender({ ...parts, link, fault: tellFault, find, lacks: filler.wake });
  const machine: Machine = {
    parts,
    state: signalOf<SyncState>({ state: "offline", retryAt: undefined }),
    serial,
    events,
    ends: emitter<"ended">(),
    watches: createWatches({ ...parts, link }),
    link,
    receiver,
    sender,
    filler,
    connection: 0,
    taking: 0,
    early: undefined,
    active: true,
    refreshing: false,
  };
  link.state.subscribe(() => {
    follow(machine);
  });
  return machine;
}

function fault(machine: Machine, what: string): void {
  machine.events.emit({ type: "fault", what });
}

/** The link's state is the engine's, as long as there is no connection. */
function follow(machine: Machine): void {
  const link = machine.link.state.get();
  switch (link.state) {
    case "stopped":
      machine.state.set({ state: "offline", retryAt: undefined });
      break;
    case "offline":
      machine.state.set({ state: "offline", retryAt: link.retryAt });
      break;
    case "connecting":
      machine.state.set({ state: "connecting" });
      break;
    case "open":
      machine.state.set({ state: "catching_up" });
      break;
    case "refused":
      machine.state.set(link);
  }
}

function opened(machine: Machine, properties: Properties): void {
  const connection = ++machine.connection;
  const { book } = machine.parts;
  tellActive(machine);
  machine.watches.opened();
  inOrder(machine, connection, async () => {
    const dataId = userProperty(properties, "data-id");
    const { dataId: known, at } = book.me();
    const forget = known !== undefined && dataId !== undefined && dataId !== known;
    if (forget) machine.early = undefined;
    if (forget || at === undefined) await refreshNow(machine, { forget, quiet: true });
    else await heal(machine);
    if (machine.connection !== connection) return;
    machine.sender.open();
    machine.filler.wake();
  });
}

/** Once for each start: what the server knows of this device, in case the store has lost some of it. */
async function heal(machine: Machine): Promise<void> {
  if (machine.early === undefined) return;
  try {
    await refreshNow(machine, { forget: false, quiet: true });
  } catch (reason) {
    fault(machine, `the state of the account: ${String(reason)}`);
  }
}

function closed(machine: Machine): void {
  machine.connection++;
  machine.sender.close();
  machine.filler.pause();
  machine.watches.closed();
  machine.ends.emit("ended");
}

function take(machine: Machine, burst: Burst): void {
  const { connection } = machine;
  const lasting = burst.messages.filter((message) => !takeMomentary(machine, message));
  if (lasting.length === 0) return;
  inOrder(machine, connection, async () => {
    machine.taking = connection;
    await machine.receiver.take(lasting);
    machine.parts.book.journal.then(() => {
      burst.acknowledge(lasting.map(({ ack }) => ack));
    });
    machine.filler.wake();
  });
}

/** Runs work of a connection after what came before, unless that connection is gone; gives it up if the work fails. */
function inOrder(machine: Machine, connection: number, work: () => Promise<void>): void {
  const done = machine.serial.run(async () => {
    if (machine.connection === connection) await work();
  });
  done.catch((reason: unknown) => {
    fault(machine, String(reason));
    if (machine.connection === connection) machine.link.restart();
  });
}

/** What is not kept need not wait: signals of the moment. True if the message was one. */
function takeMomentary(machine: Machine, { topic, payload }: Incoming): boolean {
  if (machine.watches.take(topic, payload)) return true;
  const conversation = /^c\/([a-z2-7]{26})\/live$/.exec(topic)?.[1];
  if (conversation === undefined) return false;
  try {
    const { account, body } = readLive(payload);
    machine.events.emit({ type: "live", conversation, account, body: body.slice() });
  } catch (reason) {
    fault(machine, `${topic}: ${String(reason)}`);
  }
  return true;
}

/** Reads the state and takes it over, between what comes from the streams. */
async function refresh(machine: Machine, how: { forget: boolean; quiet: boolean }): Promise<void> {
  await machine.serial.run(() => refreshNow(machine, how));
}

/** To be called only from work that runs in order. */
async function refreshNow(machine: Machine, how: { forget: boolean; quiet: boolean }): Promise<void> {
  const { book, api } = machine.parts;
  for (let tries = 0; tries < stateTries; tries++) {
    const asked = machine.early ?? api.state();
    machine.early = undefined;
    const state = await whileConnected(machine, asked);
    if (!(await takeState(book, machine.receiver, state, how))) continue;
    machine.events.emit({ type: "state", state });
    return;
  }
  fault(machine, "the state of the account stays behind what came of it");
}

/** What a promise gives; rejects as soon as the connection is gone, since the next one must not wait for it. */
function whileConnected<T>(machine: Machine, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = machine.ends.on(() => {
      stop();
      reject(new Problem("offline", "the connection ended", 0));
    });
    promise.then(resolve, reject).finally(stop);
  });
}

/** A conversation was joined: its details are in the state, which is read once for all that were joined together. */
function joined(machine: Machine): void {
  machine.watches.joined();
  if (machine.refreshing) return;
  machine.refreshing = true;
  machine.parts.clock.after(joinedPause, () => {
    machine.refreshing = false;
    refresh(machine, { forget: false, quiet: false }).catch((reason: unknown) => {
      fault(machine, `the state of the account: ${String(reason)}`);
    });
  });
}

function tellActive(machine: Machine): void {
  machine.link.publish("me/state", new TextEncoder().encode(machine.active ? "active" : "background"));
}
