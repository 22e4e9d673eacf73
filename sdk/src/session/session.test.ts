import { describe, expect, test } from "vitest";
import { decode } from "../codec/decode.ts";
import { encode } from "../codec/encode.ts";
import { framer } from "../codec/framer.ts";
import type { Packet } from "../codec/packet.ts";
import { initialKeepAlive, lost, pongWithin, survived } from "./keep_alive.ts";
import { createSession } from "./session.ts";
import type { Session, SessionEvent } from "./session.ts";

const start = 1_000_000;
const connack: Packet = { type: "connack", sessionPresent: false, reason: 0, properties: { receiveMaximum: 64 } };

function make(): Session {
  return createSession({
    clientId: "device",
    username: "account",
    password: "token",
    subscriptions: [{ filter: "c/+", qos: 1 }],
    receiveMaximum: 16,
    keepAlive: initialKeepAlive,
  });
}

function sent(session: Session): Packet[] {
  const cut = framer();
  return session.take().flatMap((bytes) => cut.push(bytes).map(decode));
}

function get(session: Session, packet: Packet, now = start): SessionEvent[] {
  return session.receive(encode(packet), now);
}

function opened(): Session {
  const session = make();
  session.open(start);
  get(session, connack);
  session.take();
  return session;
}

describe("a session", () => {
  test("says who it is and what it wants in one go, and tells when it is open", () => {
    const session = make();
    session.open(start);
    expect(sent(session)).toMatchObject([
      {
        type: "connect",
        clientId: "device",
        username: "account",
        cleanStart: true,
        properties: { receiveMaximum: 16, user: [["dunlin", "1"]] },
      },
      { type: "subscribe", subscriptions: [{ filter: "c/+", options: 1 }] },
    ]);
    expect(get(session, connack)).toEqual([{ type: "opened", properties: { receiveMaximum: 64 } }]);
    expect(get(session, { type: "suback", id: 1, reasons: [1], properties: {} })).toEqual([
      expect.objectContaining({ type: "subscribed", reasons: [1] }),
    ]);
  });

  test("ends when it is refused, with the server's reason", () => {
    const session = make();
    session.open(start);
    const refusal: Packet = { ...connack, reason: 0x86, properties: { reasonString: "no such token" } };
    const end = { by: "server", reason: 0x86, text: "no such token" };
    expect(get(session, refusal)).toEqual([{ type: "ended", end }]);
    expect(session.deadline()).toBeUndefined();
    expect(get(session, connack)).toEqual([]);
  });

  test("gives messages away as they come, and acknowledges what it is told to", () => {
    const session = opened();
    const payload = Uint8Array.of(1, 2);
    const message = { type: "publish", topic: "c/x", payload, qos: 1, id: 7, dup: false, retain: false } as const;
    expect(get(session, { ...message, properties: {} })).toEqual([{ type: "message", topic: "c/x", payload, ack: 7 }]);
    expect(sent(session)).toEqual([]);
    session.acknowledge(7, start);
    expect(sent(session)).toEqual([{ type: "puback", id: 7, reason: 0, properties: {} }]);
  });

  test("knows answers by the packet id of what was published", () => {
    const session = opened();
    const first = session.publish("a", new Uint8Array(), 1, start);
    const second = session.publish("a", new Uint8Array(), 1, start);
    expect(second).not.toBe(first);
    const properties = { reasonString: "busy" };
    expect(get(session, { type: "puback", id: second, reason: 0x97, properties })).toEqual([
      { type: "answered", id: second, reason: 0x97, properties },
    ]);
    expect(get(session, { type: "puback", id: second, reason: 0, properties: {} })).toMatchObject([
      { type: "ended", end: { by: "protocol" } },
    ]);
  });

  test("never uses the packet id of something unanswered again", () => {
    const session = opened();
    const kept = session.publish("a", new Uint8Array(), 1, start);
    const seen = new Set<number>();
    for (let round = 0; round < 0xffff - 1; round++) {
      const id = session.publish("a", new Uint8Array(), 1, start);
      seen.add(id);
      get(session, { type: "puback", id, reason: 0, properties: {} });
      session.take();
    }
    expect(seen.has(kept)).toBe(false);
    expect(seen.has(0)).toBe(false);
  });

  test("ends what does not follow the protocol, and says so", () => {
    const session = opened();
    expect(session.receive(Uint8Array.of(0x00, 0x00), start)).toMatchObject([
      { type: "ended", end: { by: "protocol" } },
    ]);
    expect(sent(session)).toMatchObject([{ type: "disconnect", reason: 0x81 }]);
  });

  test("takes no packet before CONNACK", () => {
    const session = make();
    session.open(start);
    expect(get(session, { type: "pingresp" })).toMatchObject([{ type: "ended", end: { by: "protocol" } }]);
  });

  test("passes on that it was taken over", () => {
    const session = opened();
    const taken: Packet = { type: "disconnect", reason: 0x8e, properties: {} };
    expect(get(session, taken)).toEqual([{ type: "ended", end: { by: "server", reason: 0x8e, text: "" } }]);
  });
});

describe("silence", () => {
  test("a server that does not answer CONNECT is given up", () => {
    const session = make();
    session.open(start);
    const due = session.deadline() ?? 0;
    expect(session.tick(due - 1)).toEqual([]);
    expect(session.tick(due)).toEqual([{ type: "ended", end: { by: "silence" } }]);
  });

  test("after a while of it a PINGREQ goes out, and its answer makes the next while longer", () => {
    const session = opened();
    const due = session.deadline() ?? 0;
    expect(due).toBe(start + initialKeepAlive.silence);
    session.tick(due);
    expect(sent(session)).toEqual([{ type: "pingreq" }]);
    get(session, { type: "pingresp" }, due + 50);
    expect(session.deadline()).toBe(due + survived(initialKeepAlive).silence);
    expect(session.keepAlive().silence).toBeGreaterThan(initialKeepAlive.silence);
  });

  test("no answer ends the session and makes the while shorter", () => {
    const session = opened();
    const due = session.deadline() ?? 0;
    session.tick(due);
    expect(session.deadline()).toBe(due + pongWithin);
    expect(session.tick(due + pongWithin)).toEqual([{ type: "ended", end: { by: "silence" } }]);
    expect(session.keepAlive()).toEqual(lost(initialKeepAlive));
  });

  test("a while that was fatal is not tried again", () => {
    let alive = lost({ silence: 60_000, fatal: undefined });
    for (let round = 0; round < 50; round++) alive = survived(alive);
    expect(alive.silence).toBeLessThan(60_000);
    expect(alive.silence).toBeGreaterThan(30_000);
  });

  test("sending alone does not count: who sends and hears nothing asks, too", () => {
    const session = opened();
    const due = session.deadline() ?? 0;
    session.publish("a", new Uint8Array(), 1, due - 1);
    session.take();
    session.tick(due);
    expect(sent(session)).toEqual([{ type: "pingreq" }]);
  });

  test("a probe asks at once, and only once", () => {
    const session = opened();
    session.probe(start);
    session.probe(start);
    expect(sent(session)).toEqual([{ type: "pingreq" }]);
  });

  test("a probe says nothing of silences, whatever comes of it", () => {
    const session = opened();
    session.probe(start);
    get(session, { type: "pingresp" }, start + 50);
    expect(session.keepAlive()).toEqual(initialKeepAlive);
    session.probe(start + 100);
    expect(session.tick(start + 100 + pongWithin)).toEqual([{ type: "ended", end: { by: "silence" } }]);
    expect(session.keepAlive()).toEqual(initialKeepAlive);
  });
});
