import { describe, expect, test } from "vitest";
import { bytesOf, compareIds, idFromBytes, idToBytes } from "./id.ts";

const counting = Uint8Array.from({ length: 16 }, (_, at) => at * 17);

describe("ids", () => {
  test("16 bytes are 26 characters of lower-case base32, and back", () => {
    expect(idFromBytes(new Uint8Array(16))).toBe("a".repeat(26));
    expect(idFromBytes(new Uint8Array(16).fill(255))).toBe("7".repeat(25) + "4");
    expect(idFromBytes(counting)).toBe("aaisem2ekvthpcezvk54zxpo74");
    expect(bytesOf(idFromBytes(counting))).toEqual(counting);
  });

  test("what is not 16 bytes is no id", () => {
    expect(() => idFromBytes(new Uint8Array(15))).toThrow(RangeError);
  });

  test.each([
    ["a character too few", "a".repeat(25)],
    ["a character too many", "a".repeat(27)],
    ["a capital letter", "A" + "a".repeat(25)],
    ["a character outside of the alphabet", "1" + "a".repeat(25)],
    ["bits after the last byte", "a".repeat(25) + "b"],
  ])("%s is not read", (_, text) => {
    expect(idToBytes(text)).toBeUndefined();
    expect(() => bytesOf(text)).toThrow(RangeError);
  });

  test("the order is that of the bytes, though digits stand after letters in base32", () => {
    const low = idFromBytes(new Uint8Array(16).fill(0x08));
    const high = idFromBytes(new Uint8Array(16).fill(0xf8));
    expect(high < low).toBe(true);
    expect(compareIds(low, high)).toBeLessThan(0);
    expect(compareIds(high, low)).toBeGreaterThan(0);
    expect(compareIds(low, low)).toBe(0);
  });
});
