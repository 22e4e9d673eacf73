import { describe, expect, test } from "vitest";
import { bytesOf, compareIds } from "./id.ts";
import { nextMessageId, timeOf } from "./stamp.ts";
import { systemRandom } from "./clock.ts";

const now = Date.UTC(2026, 0, 2);
const all = (value: number) => (count: number) => new Uint8Array(count).fill(value);

describe("message ids", () => {
  test("are UUIDs of version 7 that begin with the time", () => {
    const bytes = bytesOf(nextMessageId(now, all(0xff)));
    expect(Buffer.from(bytes.subarray(0, 6)).readUIntBE(0, 6)).toBe(now);
    expect(Buffer.from(bytes.subarray(6)).toString("hex")).toBe("7fffbfffffffffffffff");
  });

  test("have their time in them", () => {
    expect(timeOf(nextMessageId(now, systemRandom))).toBe(now);
  });

  test("S3 they increase, also within a millisecond and when the clock is put back", () => {
    let last = nextMessageId(now, systemRandom);
    for (const time of [now, now, now - 1, now - 86_400_000, now, now + 1]) {
      const next = nextMessageId(time, systemRandom, last);
      expect(compareIds(next, last)).toBeGreaterThan(0);
      last = next;
    }
  });

  test("S3 the one after the last of a millisecond carries, past version and variant", () => {
    const last = nextMessageId(now, all(0xff));
    const next = bytesOf(nextMessageId(now, all(0), last));
    expect(Buffer.from(next.subarray(0, 6)).readUIntBE(0, 6)).toBe(now + 1);
    expect(Buffer.from(next.subarray(6)).toString("hex")).toBe("70008000000000000000");
  });
});
