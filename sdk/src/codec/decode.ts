import { Malformed, Reader } from "./bytes.ts";
import type { Answer, Connect, Packet, Publish, Subscription, Will } from "./packet.ts";
import { readProperties } from "./properties.ts";
import type { Properties } from "./properties.ts";

/** One packet of MQTT 5.0 as it lies on the wire: its first byte, and all that follows the Remaining Length. */
export interface Frame {
  readonly first: number;
  readonly body: Uint8Array;
}

const answers = { 4: "puback", 5: "pubrec", 6: "pubrel", 7: "pubcomp" } as const;

/**
 * The packet in a frame. Its payloads and other bytes are views of the frame's. Throws {@link Malformed}.
 */
export function decode(frame: Frame): Packet {
  const reader = new Reader(frame.body);
  const packet = readPacket(frame.first, reader);
  if (reader.left > 0) throw new Malformed("there are bytes after the end of the packet");
  return packet;
}

function readPacket(first: number, reader: Reader): Packet {
  const kind = first >>> 4;
  if (kind !== 3 && (first & 0x0f) !== (kind === 6 || kind === 8 || kind === 10 ? 2 : 0)) {
    throw new Malformed("reserved bits of the first byte are set");
  }
  switch (kind) {
    case 1:
      return readConnect(reader);
    case 2: {
      const flags = reader.byte();
      if (flags > 1) throw new Malformed("reserved bits of CONNACK are set");
      return {
        type: "connack",
        sessionPresent: flags === 1,
        reason: reader.byte(),
        properties: readProperties(reader),
      };
    }
    case 3:
      return readPublish(first, reader);
    case 4:
    case 5:
    case 6:
    case 7:
      return readAnswer(answers[kind], reader);
    case 8:
      return {
        type: "subscribe",
        id: reader.uint16(),
        properties: readProperties(reader),
        subscriptions: readAll(reader, (): Subscription => ({ filter: reader.text(), options: reader.byte() })),
      };
    case 9:
    case 11: {
      const id = reader.uint16();
      const properties = readProperties(reader);
      return { type: kind === 9 ? "suback" : "unsuback", id, properties, reasons: Array.from(reader.rest()) };
    }
    case 10: {
      const id = reader.uint16();
      const properties = readProperties(reader);
      return { type: "unsubscribe", id, properties, filters: readAll(reader, () => reader.text()) };
    }
    case 12:
      return { type: "pingreq" };
    case 13:
      return { type: "pingresp" };
    case 14:
      return { type: "disconnect", ...readReason(reader) };
    case 15:
      return { type: "auth", ...readReason(reader) };
    default:
      throw new Malformed(`there is no packet of type ${kind}`);
  }
}

function readConnect(reader: Reader): Connect {
  if (reader.text() !== "MQTT" || reader.byte() !== 5) throw new Malformed("not MQTT 5.0");
  const flags = reader.byte();
  if ((flags & 1) !== 0) throw new Malformed("the reserved flag of CONNECT is set");
  const keepAlive = reader.uint16();
  const properties = readProperties(reader);
  const clientId = reader.text();
  const will: Will | undefined =
    (flags & 0x04) === 0
      ? undefined
      : {
          properties: readProperties(reader),
          topic: reader.text(),
          payload: reader.binary(),
          qos: (flags >>> 3) & 3,
          retain: (flags & 0x20) !== 0,
        };
  return {
    type: "connect",
    clientId,
    cleanStart: (flags & 0x02) !== 0,
    keepAlive,
    properties,
    ...(will === undefined ? {} : { will }),
    ...((flags & 0x80) === 0 ? {} : { username: reader.text() }),
    ...((flags & 0x40) === 0 ? {} : { password: reader.binary() }),
  };
}

function readPublish(first: number, reader: Reader): Publish {
  const qos = (first >>> 1) & 3;
  if (qos === 3) throw new Malformed("there is no QoS 3");
  const topic = reader.text();
  const id = qos > 0 ? reader.uint16() : 0;
  if (qos > 0 && id === 0) throw new Malformed("a packet id is 0");
  const properties = readProperties(reader);
  const [dup, retain] = [(first & 8) !== 0, (first & 1) !== 0];
  return { type: "publish", topic, qos, dup, retain, id, properties, payload: reader.rest() };
}

function readAnswer(type: Answer["type"], reader: Reader): Answer {
  const id = reader.uint16();
  return { type, id, ...readReason(reader) };
}

/** A reason and properties at the end of a packet, which may be left out. */
function readReason(reader: Reader): { reason: number; properties: Properties } {
  const reason = reader.left > 0 ? reader.byte() : 0;
  return { reason, properties: reader.left > 0 ? readProperties(reader) : {} };
}

function readAll<T>(reader: Reader, read: () => T): T[] {
  const all: T[] = [];
  while (reader.left > 0) all.push(read());
  if (all.length === 0) throw new Malformed("a list of filters is empty");
  return all;
}
