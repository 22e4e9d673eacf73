import { describe, expect, test } from "vitest";
import { readContent, readSignal, writeContent, writeTyping } from "./content.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

describe("contents of messages", () => {
  test("a text has these bytes, for ever", () => {
    expect(hex(writeContent({ type: "text", text: "grüße" }))).toBe("0a090a076772c3bcc39f65");
    expect(readContent(bytes("0a090a076772c3bcc39f65"))).toEqual({ type: "text", text: "grüße" });
  });

  test("a field beside the text that a newer client wrote does no harm", () => {
    expect(readContent(bytes("0a070a0168a2060161"))).toEqual({ type: "text", text: "h" });
  });

  test.each([
    ["a kind from a newer client", "1202" + "0801"],
    ["nothing", ""],
    ["an empty text", "0a00"],
    ["no Content at all", "ffffff"],
  ])("%s is unsupported", (_, text) => {
    expect(readContent(bytes(text))).toEqual({ type: "unsupported" });
  });

  test("an empty text cannot be written", () => {
    expect(() => writeContent({ type: "text", text: "" })).toThrow(RangeError);
  });

  test("typing has these bytes, for ever", () => {
    expect(hex(writeTyping(false))).toBe("0a00");
    expect(hex(writeTyping(true))).toBe("0a020801");
    expect(readSignal(bytes("0a020801"))).toEqual({ type: "typing", stopped: true });
    expect(readSignal(bytes("1200"))).toEqual({ type: "unsupported" });
    expect(readSignal(bytes("ff"))).toEqual({ type: "unsupported" });
  });
});
