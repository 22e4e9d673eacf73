import { Malformed } from "../codec/bytes.ts";
import { decode } from "../codec/decode.ts";
import { encode } from "../codec/encode.ts";
import { framer } from "../codec/framer.ts";
import type { Answer, Packet } from "../codec/packet.ts";
import type { Properties } from "../codec/properties.ts";
import { keepAliveOfConnect, lost, pongWithin, survived } from "./keep_alive.ts";
import type { KeepAlive } from "./keep_alive.ts";

/** How to introduce oneself: docs/protocol.md, "Connecting". */
export interface SessionOptions {
  /** The device's id: this connection takes the device's session. */
  readonly clientId: string;
  /** The account's id or handle. */
  readonly username: string;
  /** The device's token. */
  readonly password: string;
  /** What to subscribe to, sent with CONNECT. */
  readonly subscriptions: readonly { readonly filter: string; readonly qos: 0 | 1 }[];
  /** Messages that the server may send without an acknowledgement. */
  readonly receiveMaximum: number;
  readonly keepAlive: KeepAlive;
}

/** Why a session is over. */
export type SessionEnd =
  /** The server refused or ended it; `reason` is the code of CONNACK or DISCONNECT. */
  | { readonly by: "server"; readonly reason: number; readonly text: string }
  /** The server did what MQTT does not allow. */
  | { readonly by: "protocol"; readonly text: string }
  /** Nothing was heard for too long. */
  | { readonly by: "silence" };

/** What a session has to tell. */
export type SessionEvent =
  | { readonly type: "opened"; readonly properties: Properties }
  /** The answer to {@link Session.subscribe}, or to what the session began with. */
  | { readonly type: "subscribed"; readonly id: number; readonly reasons: readonly number[] }
  /** `ack` is for {@link Session.acknowledge}; 0 at QoS 0. `payload` is not changed afterwards. */
  | { readonly type: "message"; readonly topic: string; readonly payload: Uint8Array; readonly ack: number }
  /** The answer to a message that was published at QoS 1. */
  | { readonly type: "answered"; readonly id: number; readonly reason: number; readonly properties: Properties }
  | { readonly type: "ended"; readonly end: SessionEnd };

/**
 * One MQTT 5 session of one connection, from CONNECT to its end: a state machine that does no I/O and has no clock. What
 * it wants to send waits in {@link Session.take}, what it has to tell is returned. After `ended` it does nothing more; the
 * next connection gets a new one, since what a device still has to receive follows from its cursors.
 */
export interface Session {
  /** Sends CONNECT, and SUBSCRIBE behind it. Called once, first. */
  open(now: number): void;
  /** Takes bytes that came. */
  receive(bytes: Uint8Array, now: number): SessionEvent[];
  /** Looks at the time; to be called no later than at {@link Session.deadline}. */
  tick(now: number): SessionEvent[];
  /** When {@link Session.tick} has something to do, in milliseconds; undefined once it has ended. */
  deadline(): number | undefined;
  /** Publishes at QoS 0, or at QoS 1 and returns the packet id that `answered` will name. */
  publish(topic: string, payload: Uint8Array, qos: 0 | 1, now: number): number;
  /** Asks for more than what the session began with; returns the packet id that `subscribed` will name. */
  subscribe(filter: string, qos: 0 | 1, now: number): number;
  /** Asks for less. Nothing tells when that is done. */
  unsubscribe(filter: string, now: number): void;
  /** Acknowledges a message: it is in the store. */
  acknowledge(ack: number, now: number): void;
  /** Asks the other end whether it is there, at once. */
  probe(now: number): void;
  /** Says goodbye. */
  disconnect(now: number): void;
  /** The bytes to send, since the last call. */
  take(): Uint8Array<ArrayBuffer>[];
  /** What was learned of silences; for the next connection. */
  keepAlive(): KeepAlive;
}

/** How long CONNACK may take, in milliseconds. */
const connackWithin = 15_000;

interface Machine {
  state: "new" | "connecting" | "open" | "ended";
  readonly options: SessionOptions;
  readonly out: Uint8Array<ArrayBuffer>[];
  readonly unanswered: Set<number>;
  nextId: number;
  lastSent: number;
  lastHeard: number;
  /** When the answer to CONNECT or PINGREQ is due. */
  dueBy: number | undefined;
  /** Whether that answer tells something of the silence before: not when it was asked for early. */
  learns: boolean;
  alive: KeepAlive;
}

/** Makes a session for a connection that has just been opened. */
export function createSession(options: SessionOptions): Session {
  const machine: Machine = {
    state: "new",
    options,
    out: [],
    unanswered: new Set(),
    nextId: 0,
    lastSent: 0,
    lastHeard: 0,
    dueBy: undefined,
    learns: false,
    alive: options.keepAlive,
  };
  const frames = framer();
  return {
    open: (now) => {
      machine.state = "connecting";
      machine.dueBy = now + connackWithin;
      machine.lastHeard = now;
      greet(machine, now);
    },
    receive: (bytes, now) => {
      if (machine.state === "ended") return [];
      machine.lastHeard = now;
      try {
        return frames.push(bytes).flatMap((frame) => handle(machine, decode(frame), now));
      } catch (reason) {
        if (!(reason instanceof Malformed)) throw reason;
        return protocolError(machine, 0x81, reason.message, now);
      }
    },
    tick: (now) => tick(machine, now),
    deadline: () =>
      machine.state === "ended" || machine.state === "new" ? undefined : (machine.dueBy ?? silentUntil(machine)),
    publish: (topic, payload, qos, now) => {
      const id = qos === 0 ? 0 : freshId(machine);
      if (qos === 1) machine.unanswered.add(id);
      send(machine, { type: "publish", topic, payload, qos, id, dup: false, retain: false, properties: {} }, now);
      return id;
    },
    subscribe: (filter, qos, now) => {
      const subscriptions = [{ filter, options: qos }];
      const id = freshId(machine);
      send(machine, { type: "subscribe", id, subscriptions, properties: {} }, now);
      return id;
    },
    unsubscribe: (filter, now) => {
      send(machine, { type: "unsubscribe", id: freshId(machine), filters: [filter], properties: {} }, now);
    },
    acknowledge: (ack, now) => {
      send(machine, { type: "puback", id: ack, reason: 0, properties: {} }, now);
    },
    probe: (now) => {
      if (machine.state === "open" && machine.dueBy === undefined) ping(machine, now, false);
    },
    disconnect: (now) => {
      if (machine.state === "open") send(machine, { type: "disconnect", reason: 0, properties: {} }, now);
      machine.state = "ended";
    },
    take: () => machine.out.splice(0),
    keepAlive: () => machine.alive,
  };
}

function send(machine: Machine, packet: Packet, now: number): void {
  if (machine.state === "ended") return;
  machine.out.push(encode(packet));
  machine.lastSent = now;
}

function freshId(machine: Machine): number {
  do machine.nextId = (machine.nextId % 0xffff) + 1;
  while (machine.unanswered.has(machine.nextId));
  return machine.nextId;
}

function greet(machine: Machine, now: number): void {
  const { clientId, username, password, receiveMaximum, subscriptions } = machine.options;
  const connect: Packet = {
    type: "connect",
    clientId,
    cleanStart: true,
    keepAlive: keepAliveOfConnect,
    username,
    password: new TextEncoder().encode(password),
    properties: { receiveMaximum, user: [["dunlin", "1"]] },
  };
  send(machine, connect, now);
  if (subscriptions.length === 0) return;
  const wanted = subscriptions.map(({ filter, qos }) => ({ filter, options: qos }));
  send(machine, { type: "subscribe", id: freshId(machine), subscriptions: wanted, properties: {} }, now);
}

function handle(machine: Machine, packet: Packet, now: number): SessionEvent[] {
  if (machine.state === "ended") return [];
  if (machine.state === "connecting" && packet.type !== "connack") {
    return protocolError(machine, 0x82, `${packet.type} came before CONNACK`, now);
  }
  switch (packet.type) {
    case "connack":
      return connected(machine, packet.reason, packet.properties, now);
    case "publish":
      if (packet.qos > 1) return protocolError(machine, 0x9b, "a message came at QoS 2", now);
      return [{ type: "message", topic: packet.topic, payload: packet.payload, ack: packet.id }];
    case "puback":
      return answered(machine, packet, now);
    case "suback":
      return [{ type: "subscribed", id: packet.id, reasons: packet.reasons }];
    case "unsuback":
      return [];
    case "pingresp":
      machine.dueBy = undefined;
      if (machine.learns) machine.alive = survived(machine.alive);
      return [];
    case "disconnect":
      return ended(machine, { by: "server", reason: packet.reason, text: packet.properties.reasonString ?? "" });
    default:
      return protocolError(machine, 0x82, `the server sent ${packet.type}`, now);
  }
}

function connected(machine: Machine, reason: number, properties: Properties, now: number): SessionEvent[] {
  if (machine.state !== "connecting") return protocolError(machine, 0x82, "a second CONNACK came", now);
  if (reason >= 0x80) return ended(machine, { by: "server", reason, text: properties.reasonString ?? "" });
  machine.state = "open";
  machine.dueBy = undefined;
  return [{ type: "opened", properties }];
}

function answered(machine: Machine, packet: Answer, now: number): SessionEvent[] {
  if (!machine.unanswered.delete(packet.id)) return protocolError(machine, 0x82, "an answer to nothing came", now);
  return [{ type: "answered", id: packet.id, reason: packet.reason, properties: packet.properties }];
}

/** When to ask whether the other end is there: both ways have to be used, each for what forgets it. */
function silentUntil(machine: Machine): number {
  return Math.min(machine.lastSent, machine.lastHeard) + machine.alive.silence;
}

function tick(machine: Machine, now: number): SessionEvent[] {
  if (machine.state === "ended" || machine.state === "new") return [];
  if (machine.dueBy !== undefined && now >= machine.dueBy) {
    if (machine.state === "open" && machine.learns) machine.alive = lost(machine.alive);
    return ended(machine, { by: "silence" });
  }
  if (machine.state === "open" && machine.dueBy === undefined && now >= silentUntil(machine)) {
    ping(machine, now, true);
  }
  return [];
}

function ping(machine: Machine, now: number, learns: boolean): void {
  send(machine, { type: "pingreq" }, now);
  machine.learns = learns;
  machine.dueBy = now + pongWithin;
}

function protocolError(machine: Machine, reason: number, text: string, now: number): SessionEvent[] {
  send(machine, { type: "disconnect", reason, properties: {} }, now);
  return ended(machine, { by: "protocol", text });
}

function ended(machine: Machine, end: SessionEnd): SessionEvent[] {
  machine.state = "ended";
  return [{ type: "ended", end }];
}
