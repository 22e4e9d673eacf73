import { equals, fromBinary, fromJson, toBinary } from "@bufbuild/protobuf";
import type { DescMessage, JsonValue } from "@bufbuild/protobuf";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { file_dunlin_v1_dunlin } from "../src/proto/dunlin_pb.js";

/** A line of proto/vectors/messages.jsonl; proto/README.md says what each field means. */
interface Vector {
  readonly name: string;
  readonly type: string;
  readonly hex: string;
  readonly fields?: JsonValue;
  readonly reads_only?: boolean;
  readonly malformed?: boolean;
}

/**
 * Where @bufbuild/protobuf reads otherwise than libprotobuf: it does not compare a known field's type on the wire. Nobody
 * sends such bytes, since a field never changes its type; who gets them all the same has them refused, not misread.
 */
const refusedHere = new Set(["Send: a known field of another type is unknown"]);

const path = new URL("../../proto/vectors/messages.jsonl", import.meta.url);
const vectors = readFileSync(path, "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Vector);

function schemaOf(type: string): DescMessage {
  const found = file_dunlin_v1_dunlin.messages.find((message) => message.name === type);
  if (found === undefined) throw new Error(`the schemas have no message ${type}`);
  return found;
}

describe("golden bytes of the protocol", () => {
  test("there are some", () => {
    expect(vectors.length).toBeGreaterThan(50);
  });

  test.each(vectors.map((vector) => [`${vector.type}: ${vector.name}`, vector] as const))("%s", (title, vector) => {
    const schema = schemaOf(vector.type);
    const bytes = new Uint8Array(Buffer.from(vector.hex, "hex"));
    if (vector.malformed || refusedHere.has(title)) {
      expect(() => fromBinary(schema, bytes)).toThrow();
      return;
    }
    const fields = fromJson(schema, vector.fields ?? {});
    const read = fromBinary(schema, bytes, { readUnknownFields: false });
    expect(equals(schema, read, fields)).toBe(true);
    if (!vector.reads_only) expect(Buffer.from(toBinary(schema, fields)).toString("hex")).toBe(vector.hex);
  });
});
