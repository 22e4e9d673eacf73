import { Writer } from "./bytes.ts";
import type { Answer, Auth, Connect, Disconnect, Packet, Publish } from "./packet.ts";
import { writeProperties } from "./properties.ts";
import type { Properties } from "./properties.ts";

/**
 * The bytes of one packet of MQTT 5.0. Throws a RangeError for a text or number that MQTT has no room for; all else is
 * written as it is given, right or wrong.
 */
export function encode(packet: Packet): Uint8Array<ArrayBuffer> {
  const body = new Writer();
  const first = writeBody(body, packet);
  const bytes = body.taken();
  const whole = new Writer();
  whole.byte(first);
  whole.variable(bytes.length);
  whole.raw(bytes);
  return whole.taken();
}

/** Writes all that follows the Remaining Length; returns the packet's first byte. */
function writeBody(body: Writer, packet: Packet): number {
  switch (packet.type) {
    case "connect":
      writeConnect(body, packet);
      return 0x10;
    case "connack":
      body.byte(packet.sessionPresent ? 1 : 0);
      body.byte(packet.reason);
      writeProperties(body, packet.properties);
      return 0x20;
    case "publish":
      writePublish(body, packet);
      return 0x30 | (packet.dup ? 8 : 0) | (packet.qos << 1) | (packet.retain ? 1 : 0);
    case "puback":
    case "pubrec":
    case "pubrel":
    case "pubcomp":
      body.uint16(packet.id);
      writeReason(body, packet);
      return { puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70 }[packet.type];
    case "subscribe":
      body.uint16(packet.id);
      writeProperties(body, packet.properties);
      for (const { filter, options } of packet.subscriptions) {
        body.text(filter);
        body.byte(options);
      }
      return 0x82;
    case "unsubscribe":
      body.uint16(packet.id);
      writeProperties(body, packet.properties);
      for (const filter of packet.filters) body.text(filter);
      return 0xa2;
    case "suback":
    case "unsuback":
      body.uint16(packet.id);
      writeProperties(body, packet.properties);
      body.raw(Uint8Array.from(packet.reasons));
      return packet.type === "suback" ? 0x90 : 0xb0;
    case "pingreq":
      return 0xc0;
    case "pingresp":
      return 0xd0;
    case "disconnect":
    case "auth":
      writeReason(body, packet);
      return packet.type === "disconnect" ? 0xe0 : 0xf0;
  }
}

function writeConnect(body: Writer, packet: Connect): void {
  const { will, username, password } = packet;
  body.text("MQTT");
  body.byte(5);
  body.byte(
    (packet.cleanStart ? 0x02 : 0) |
      (will === undefined ? 0 : 0x04 | (will.qos << 3) | (will.retain ? 0x20 : 0)) |
      (password === undefined ? 0 : 0x40) |
      (username === undefined ? 0 : 0x80),
  );
  body.uint16(packet.keepAlive);
  writeProperties(body, packet.properties);
  body.text(packet.clientId);
  if (will !== undefined) {
    writeProperties(body, will.properties);
    body.text(will.topic);
    body.binary(will.payload);
  }
  if (username !== undefined) body.text(username);
  if (password !== undefined) body.binary(password);
}

function writePublish(body: Writer, packet: Publish): void {
  body.text(packet.topic);
  if (packet.qos > 0) body.uint16(packet.id);
  writeProperties(body, packet.properties);
  body.raw(packet.payload);
}

/** A reason and properties at the end of a packet: left out where they say nothing. */
function writeReason(body: Writer, packet: Answer | Disconnect | Auth): void {
  const bare = isEmpty(packet.properties);
  if (packet.reason === 0 && bare) return;
  body.byte(packet.reason);
  if (!bare) writeProperties(body, packet.properties);
}

function isEmpty(properties: Properties): boolean {
  return Object.values(properties).every((value) => value === undefined);
}
