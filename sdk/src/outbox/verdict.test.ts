import { expect, test } from "vitest";
import { verdictOf } from "./verdict.ts";

const floor = "b".repeat(26);

test.each([
  [
    "accepted",
    0,
    {
      user: [
        ["seq", "42"],
        ["ts", "1700"],
      ],
    },
    { type: "accepted", seq: 42, ts: 1700 },
  ],
  ["accepted before", 0, { user: [["seq", "42"]] }, { type: "accepted", seq: 42, ts: undefined }],
  ["accepted without a seq", 0, {}, { type: "refused", reason: "no_verdict" }],
  ["stale", 0x83, { reasonString: "stale", user: [["floor", floor]] }, { type: "stale", floor }],
  ["waits", 0x83, { reasonString: "waits" }, { type: "waits" }],
  ["busy", 0x97, { reasonString: "busy" }, { type: "later", reason: "busy" }],
  ["no_space", 0x97, { reasonString: "no_space" }, { type: "later", reason: "no_space" }],
  ["a quota without a word", 0x97, {}, { type: "later", reason: "code 151" }],
  [
    "too_large, though its code is that of a quota",
    0x97,
    { reasonString: "too_large" },
    { type: "refused", reason: "too_large" },
  ],
  ["not_member", 0x87, { reasonString: "not_member" }, { type: "refused", reason: "not_member" }],
  ["a word from a newer server", 0x83, { reasonString: "sealed" }, { type: "refused", reason: "sealed" }],
] as const)("a PUBACK that says %s is understood", (_, reason, properties, verdict) => {
  expect(verdictOf(reason, properties)).toEqual(verdict);
});
