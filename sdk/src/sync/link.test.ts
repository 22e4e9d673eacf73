import { beforeEach, describe, expect, test, vi } from "vitest";
import { manualClock } from "../../test/support/manual_clock.ts";
import type { ManualClock } from "../../test/support/manual_clock.ts";
import { decode } from "../codec/decode.ts";
import { encode } from "../codec/encode.ts";
import { framer } from "../codec/framer.ts";
import type { Packet } from "../codec/packet.ts";
import type { ConnectionEvents } from "../transport/transport.ts";
import { createLink } from "./link.ts";
import type { Burst, Link, LinkAnswer } from "./link.ts";

const half = (count: number): Uint8Array<ArrayBuffer> => new Uint8Array(count).fill(0x80);
const connack: Packet = { type: "connack", sessionPresent: false, reason: 0, properties: {} };

/** A connection as the other end sees it. */
interface Peer {
  readonly events: ConnectionEvents;
  readonly sent: Packet[];
  closed: boolean;
  get(...packets: Packet[]): void;
}

let clock: ManualClock;
let peers: Peer[];
let bursts: Burst[];
let link: Link;
const opened = vi.fn();
const closed = vi.fn();

beforeEach(() => {
  clock = manualClock();
  peers = [];
  bursts = [];
  opened.mockClear();
  closed.mockClear();
  link = createLink({
    transport: (events) => {
      const cut = framer();
      const get = (...packets: Packet[]): void => {
        events.received(new Uint8Array(Buffer.concat(packets.map(encode))));
      };
      const peer: Peer = { events, sent: [], closed: false, get };
      peers.push(peer);
      return {
        send: (bytes) => void peer.sent.push(...cut.push(bytes).map(decode)),
        close: () => {
          peer.closed = true;
        },
      };
    },
    clock,
    random: half,
    backOff: { first: 1000, longest: 60_000 },
    session: { clientId: "device", username: "account", password: "token", receiveMaximum: 16 },
    subscriptions: [{ filter: "c/+", qos: 1 }],
    events: { opened, closed, burst: (burst) => bursts.push(burst) },
  });
});

function peer(at = peers.length - 1): Peer {
  const found = peers[at];
  if (found === undefined) throw new Error("there is no connection");
  return found;
}

function connect(): Peer {
  link.start();
  peer().events.opened();
  peer().get(connack);
  return peer();
}

const message = (id: number): Packet => ({
  type: "publish",
  topic: "c/x",
  payload: Uint8Array.of(id),
  qos: 1,
  id,
  dup: false,
  retain: false,
  properties: {},
});

describe("a link", () => {
  test("connects, and says when it is open", () => {
    link.start();
    expect(link.state.get()).toEqual({ state: "connecting" });
    peer().events.opened();
    expect(peer().sent.map(({ type }) => type)).toEqual(["connect", "subscribe"]);
    peer().get(connack);
    expect(link.state.get()).toEqual({ state: "open" });
    expect(opened).toHaveBeenCalledTimes(1);
  });

  test("comes back after a pause that doubles, until a connection was good", () => {
    link.start();
    const pauses: number[] = [];
    for (let round = 0; round < 4; round++) {
      peer().events.closed();
      const state = link.state.get();
      const pause = state.state === "offline" ? state.retryAt - clock.now() : 0;
      pauses.push(Math.floor(pause));
      clock.advance(pause);
    }
    expect(peers).toHaveLength(5);
    expect(pauses).toEqual([750, 1501, 3003, 6007]);
    peer().events.opened();
    peer().get(connack);
    clock.advance(10_000);
    peer().events.closed();
    const state = link.state.get();
    expect(state.state === "offline" && Math.floor(state.retryAt - clock.now())).toBe(750);
  });

  test("what came in one piece is one burst, which is acknowledged where it came from", () => {
    const first = connect();
    first.sent.length = 0;
    first.get(message(1), message(2));
    expect(bursts.map(({ messages }) => messages.map(({ ack }) => ack))).toEqual([[1, 2]]);
    bursts[0]?.acknowledge([1, 2]);
    expect(first.sent.map((packet) => packet.type === "puback" && packet.id)).toEqual([1, 2]);
    first.get(message(3));
    first.events.closed();
    expect(closed).toHaveBeenCalledTimes(1);
    clock.advance(1000);
    peer().events.opened();
    peer().get(connack);
    peer().sent.length = 0;
    bursts[1]?.acknowledge([3]);
    expect(peer().sent).toEqual([]);
  });

  test("gives the answer to what was asked, or says that there will be none", () => {
    const answers: (LinkAnswer | undefined)[] = [];
    expect(link.ask("t", Uint8Array.of(1), (answer) => answers.push(answer))).toBe(false);
    const first = connect();
    for (const byte of [1, 2]) link.ask("t", Uint8Array.of(byte), (answer) => answers.push(answer));
    const [one] = first.sent.filter((packet) => packet.type === "publish");
    first.get({ type: "puback", id: one?.id ?? 0, reason: 0x97, properties: { reasonString: "busy" } });
    expect(answers).toMatchObject([{ reason: 0x97 }]);
    first.events.closed();
    expect(answers).toMatchObject([{ reason: 0x97 }, undefined]);
  });

  test.each([
    ["a token that is worthless", 0x86, "credentials"],
    ["a device that was revoked", 0x87, "credentials"],
  ])("stays away after %s", (_, reason, why) => {
    link.start();
    peer().events.opened();
    peer().get({ ...connack, reason });
    expect(link.state.get()).toEqual({ state: "refused", reason: why });
    clock.advance(3_600_000);
    expect(peers).toHaveLength(1);
  });

  test("stays away from whoever took its session over, until somebody wants it back", () => {
    connect().get({ type: "disconnect", reason: 0x8e, properties: {} });
    expect(link.state.get()).toEqual({ state: "refused", reason: "taken_over" });
    clock.advance(3_600_000);
    expect(peers).toHaveLength(1);
    link.start();
    expect(peers).toHaveLength(2);
  });

  test("comes back to a server that is busy or stops", () => {
    link.start();
    peer().events.opened();
    peer().get({ ...connack, reason: 0x88 });
    expect(link.state.get().state).toBe("offline");
    clock.advance(1000);
    peer().events.opened();
    peer().get(connack, { type: "disconnect", reason: 0x8b, properties: {} });
    expect(link.state.get().state).toBe("offline");
  });

  test("gives up a connection that does not come about", () => {
    link.start();
    clock.advance(20_000);
    expect(peer(0).closed).toBe(true);
    expect(link.state.get().state).toBe("offline");
  });

  test("gives up a connection that has become silent, and another try is soon", () => {
    const first = connect();
    clock.advance(60_000);
    expect(first.sent.at(-1)).toEqual({ type: "pingreq" });
    expect(first.closed).toBe(true);
    expect(peers.length).toBeGreaterThan(1);
  });

  test("does not wait when the network is back, and asks whether an open connection is still one", () => {
    link.start();
    peer().events.closed();
    link.hurry();
    expect(peers).toHaveLength(2);
    peer().events.opened();
    peer().get(connack);
    link.hurry();
    expect(peer().sent.at(-1)).toEqual({ type: "pingreq" });
  });

  test("tells what became of a subscription on this connection", () => {
    const reasons: number[] = [];
    link.subscribe("presence/x", (reason) => reasons.push(reason));
    const first = connect();
    link.subscribe("presence/x", (reason) => reasons.push(reason));
    link.subscribe("presence/y", (reason) => reasons.push(reason));
    const [x, y] = first.sent.slice(2);
    expect([x, y]).toMatchObject([
      { type: "subscribe", subscriptions: [{ filter: "presence/x", options: 0 }] },
      { type: "subscribe", subscriptions: [{ filter: "presence/y", options: 0 }] },
    ]);
    if (x?.type !== "subscribe" || y?.type !== "subscribe") throw new Error("no subscriptions");
    peer().get({ type: "suback", id: y.id, reasons: [0x87], properties: {} });
    peer().get({ type: "suback", id: x.id, reasons: [0], properties: {} });
    expect(reasons).toEqual([0x87, 0]);
    link.unsubscribe("presence/x");
    expect(first.sent.at(-1)).toMatchObject({ type: "unsubscribe", filters: ["presence/x"] });
  });

  test("says goodbye when it is stopped, and nothing after", () => {
    const first = connect();
    link.stop();
    expect(first.sent.at(-1)).toMatchObject({ type: "disconnect", reason: 0 });
    expect(first.closed).toBe(true);
    clock.advance(3_600_000);
    expect(peers).toHaveLength(1);
    expect(link.state.get()).toEqual({ state: "stopped" });
  });
});
