import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Malformed } from "./bytes.ts";
import { decode } from "./decode.ts";
import { encode } from "./encode.ts";
import { framer } from "./framer.ts";
import type { Packet } from "./packet.ts";
import { userProperty } from "./properties.ts";

const hex = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, "hex"));
const lines = readFileSync(new URL("../../../proto/vectors/mqtt/packets.txt", import.meta.url), "utf8").split("\n");
const golden = lines
  .map((line) => line.split(" "))
  .filter((parts): parts is [string, string, string] => parts[1] === "5")
  .map(([name, , bytes]) => [name, bytes] as const);

function read(bytes: Uint8Array): Packet[] {
  return framer().push(bytes).map(decode);
}

function named(name: string): Packet {
  const bytes = golden.find(([known]) => known === name)?.[1];
  const [packet] = read(hex(bytes ?? ""));
  if (packet === undefined) throw new Error(`packets.txt has no ${name}`);
  return packet;
}

describe("the codec of MQTT 5.0", () => {
  test("there are golden bytes of every packet", () => {
    expect(golden.length).toBeGreaterThan(30);
    expect(new Set(golden.map(([name]) => named(name).type)).size).toBe(15);
  });

  test.each(golden)("reads and writes %s as the server does", (_, bytes) => {
    const packets = read(hex(bytes));
    expect(packets).toHaveLength(1);
    expect(packets.map((packet) => Buffer.from(encode(packet)).toString("hex"))).toEqual([bytes]);
  });

  test("understands what it reads", () => {
    expect(named("connect_properties")).toMatchObject({ clientId: "gerät-1", username: "ana", keepAlive: 300 });
    const verdict = named("puback_verdict");
    if (verdict.type !== "puback") throw new Error(verdict.type);
    expect([verdict.id, verdict.reason, userProperty(verdict.properties, "seq")]).toEqual([1, 0, "42"]);
    expect(userProperty(verdict.properties, "ts")).toBe("1700000000000");
    expect(named("suback")).toMatchObject({ id: 10, reasons: [0, 1, 2, 0x8f] });
    expect(named("publish_qos1")).toMatchObject({ qos: 1, id: 0x0102, dup: false, topic: `c/${"a".repeat(26)}/send` });
  });
});

describe("the framer", () => {
  const stream = hex(golden.map(([, bytes]) => bytes).join(""));

  test.each([1, 2, 3, 7, 1000])("finds the same packets in pieces of %i bytes", (size) => {
    const cut = framer();
    const found: Packet[] = [];
    for (let at = 0; at < stream.length; at += size) {
      found.push(...cut.push(stream.subarray(at, at + size)).map(decode));
    }
    expect(found).toEqual(read(stream));
  });

  test("refuses a length that is none, and one that nobody sends", () => {
    expect(() => framer().push(hex("30ffffffff01"))).toThrow(Malformed);
    expect(() => framer().push(hex("30ffffff7f"))).toThrow(Malformed);
  });
});

describe("bytes that are no packet are refused", () => {
  test.each([
    ["an unknown packet type", "0000"],
    ["reserved bits", "4102000a"],
    ["QoS 3", "36050001610001"],
    ["packet id 0 at QoS 1", "3206000161000000"],
    ["a text that is not UTF-8", "30040001ff00"],
    ["a property that there is not", "300600016102ee00"],
    ["a property twice", "30080001610401000100"],
    ["bytes after the end", "c00100"],
    ["an end too early", "40010a"],
    ["a SUBSCRIBE without filters", "8203000a00"],
  ])("%s", (_, bytes) => {
    expect(() => read(hex(bytes))).toThrow(Malformed);
  });

  test("whatever is cut off or changed, it is a packet or refused, and nothing else", () => {
    let state = 11;
    const next = (below: number): number => (state = (state * 48271) % 2147483647) % below;
    for (let round = 0; round < 5000; round++) {
      const bytes = hex(golden[next(golden.length)]?.[1] ?? "");
      bytes[next(bytes.length)] = next(256);
      try {
        read(bytes.subarray(0, 1 + next(bytes.length))).map(encode);
      } catch (reason) {
        expect(reason).toBeInstanceOf(Malformed);
      }
    }
  });
});
