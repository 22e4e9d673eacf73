import { describe, expect, test } from "vitest";
import { systemRandom } from "../base/clock.ts";
import { idFromBytes } from "../base/id.ts";
import type { Id } from "../base/id.ts";
import type { OutboxRow } from "../store/rows.ts";
import { createOutbox, maxUnanswered } from "./outbox.ts";
import type { Attempt, Outbox } from "./outbox.ts";

const id = (n: number): Id => idFromBytes(new Uint8Array([...new Array<number>(14).fill(0), n >> 8, n & 255]));
const half = (count: number): Uint8Array<ArrayBuffer> => new Uint8Array(count).fill(0x80);

function row(n: number, conversation = "c"): OutboxRow {
  const body = new Uint8Array();
  return { conversation, n, id: id(n), key: `${n}`, body, kind: 0, urgency: "normal", ts: 0 };
}

function filled(...rows: OutboxRow[]): Outbox {
  const outbox = createOutbox([], half);
  for (const one of rows) outbox.add(one);
  return outbox;
}

function sendable(outbox: Outbox, now = 0): Attempt[] {
  const attempts: Attempt[] = [];
  for (let attempt = outbox.next(now); attempt !== undefined; attempt = outbox.next(now)) attempts.push(attempt);
  return attempts;
}

const numbers = (attempts: readonly Attempt[]): number[] => attempts.map((attempt) => attempt.row.n);

describe("the outbox", () => {
  test("S3 messages go out in order, each after the one that has no answer yet", () => {
    const outbox = filled(row(1), row(2, "d"), row(3), row(4));
    expect(sendable(outbox).map(({ row, after }) => [row.n, after])).toEqual([
      [1, undefined],
      [2, undefined],
      [3, id(1)],
      [4, id(3)],
    ]);
  });

  test("S3 after an answer there is nothing to wait for", () => {
    const outbox = filled(row(1));
    sendable(outbox);
    outbox.answered(1, { type: "accepted", seq: 1, ts: 1 }, 0);
    outbox.add(row(2));
    expect(sendable(outbox)).toEqual([{ row: row(2), after: undefined }]);
  });

  test("S3 at most 32 are without an answer", () => {
    const outbox = filled(...Array.from({ length: 40 }, (_, at) => row(at + 1)));
    expect(sendable(outbox)).toHaveLength(maxUnanswered);
    outbox.answered(1, { type: "accepted", seq: 1, ts: 1 }, 0);
    expect(numbers(sendable(outbox))).toEqual([33]);
  });

  test("S3 what was under way when the connection broke goes out again with the same ids, in order", () => {
    const outbox = filled(row(1), row(2), row(3));
    sendable(outbox);
    outbox.answered(2, { type: "accepted", seq: 2, ts: 1 }, 0);
    outbox.disconnected();
    expect(sendable(outbox)).toEqual([
      { row: row(1), after: undefined },
      { row: row(3), after: id(1) },
    ]);
  });

  test("S3 one that is refused for a while holds back those behind it, and all go out again after a pause", () => {
    const outbox = filled(row(1), row(2), row(3, "d"));
    sendable(outbox);
    expect(outbox.answered(1, { type: "later", reason: "busy" }, 1000)).toEqual({ type: "kept" });
    expect(outbox.answered(2, { type: "waits" }, 1000)).toEqual({ type: "kept" });
    outbox.add(row(4));
    outbox.add(row(5, "d"));
    expect(numbers(sendable(outbox, 1000))).toEqual([5]);
    const due = outbox.deadline(1000) ?? 0;
    expect(due).toBeGreaterThan(1000);
    expect(sendable(outbox, due - 1)).toEqual([]);
    expect(sendable(outbox, due).map(({ row, after }) => [row.id, after])).toEqual([
      [id(1), undefined],
      [id(2), id(1)],
      [id(4), id(2)],
    ]);
  });

  test("pauses grow with each refusal, up to half a minute, and are forgotten once one is accepted", () => {
    const outbox = filled(row(1));
    const pauses: number[] = [];
    let now = 0;
    for (let round = 0; round < 12; round++) {
      sendable(outbox, now);
      outbox.answered(1, { type: "later", reason: "busy" }, now);
      const due = outbox.deadline(now) ?? 0;
      pauses.push(due - now);
      now = due;
    }
    expect(pauses).toEqual([...pauses].sort((left, right) => left - right));
    expect(pauses[0]).toBeLessThan(1000);
    expect(pauses.at(-1)).toBeLessThanOrEqual(30_000);
    sendable(outbox, now);
    outbox.answered(1, { type: "accepted", seq: 1, ts: 1 }, now);
    outbox.add(row(2));
    sendable(outbox, now);
    outbox.answered(2, { type: "later", reason: "busy" }, now);
    expect((outbox.deadline(now) ?? 0) - now).toBe(pauses[0]);
  });

  test("one that is refused for good stands aside, and those behind it go on without it", () => {
    const outbox = filled(row(1), row(2));
    sendable(outbox);
    const failed = { ...row(1), failed: "too_large" };
    expect(outbox.answered(1, { type: "refused", reason: "too_large" }, 0)).toEqual({
      type: "failed",
      row: failed,
      reason: "too_large",
    });
    outbox.answered(2, { type: "waits" }, 0);
    expect(sendable(outbox, outbox.deadline(0))).toEqual([{ row: row(2), after: undefined }]);
    expect(outbox.rows("c")).toEqual([failed, row(2)]);
  });

  test("a failed one goes to the end when it is tried again", () => {
    const outbox = createOutbox([{ ...row(1), failed: "forbidden" }, row(2)], half);
    expect(outbox.retry(2, row(3))).toBe(false);
    expect(outbox.retry(1, row(3))).toBe(true);
    expect(numbers(sendable(outbox))).toEqual([2, 3]);
  });

  test("only what is known not to be in the conversation can be taken back", () => {
    const outbox = filled(row(1), row(2));
    outbox.next(0);
    expect(outbox.discard(1)).toBe(false);
    expect(outbox.discard(2)).toBe(true);
    outbox.disconnected();
    expect(outbox.discard(1)).toBe(false);
    expect(createOutbox([row(5)], half).discard(5)).toBe(false);
    expect(createOutbox([{ ...row(5), failed: "x" }], half).discard(5)).toBe(true);
  });

  test("an accepted one is held until its record is in the store, and is not sent again", () => {
    const outbox = filled(row(1));
    sendable(outbox);
    const outcome = outbox.answered(1, { type: "accepted", seq: 7, ts: undefined }, 0);
    expect(outcome).toEqual({ type: "accepted", row: row(1), seq: 7, ts: undefined });
    outbox.disconnected();
    expect(sendable(outbox)).toEqual([]);
    expect(outbox.rows("c")).toEqual([row(1)]);
    expect(outbox.settle(id(1))).toEqual(row(1));
    expect(outbox.settle(id(1))).toBeUndefined();
    expect(outbox.rows("c")).toEqual([]);
  });

  test("S3 a stale one stops its conversation until it has a new id, or is found in the conversation", () => {
    const outbox = filled(row(1), row(2));
    outbox.next(0);
    expect(outbox.answered(1, { type: "stale", floor: id(9) }, 0)).toMatchObject({ type: "stale", floor: id(9) });
    expect(sendable(outbox)).toEqual([]);
    let stamped = 10;
    const changed = outbox.restamp(1, () => id(stamped++));
    expect(changed.map((one) => one.id)).toEqual([id(10), id(11)]);
    expect(sendable(outbox).map(({ row, after }) => [row.id, after])).toEqual([
      [id(10), undefined],
      [id(11), id(10)],
    ]);
  });

  test("S3 a stale one of which nobody could say where it is goes out again after a pause", () => {
    const outbox = filled(row(1), row(2));
    outbox.next(0);
    outbox.answered(1, { type: "stale", floor: id(9) }, 0);
    outbox.unknown(1, 0);
    expect(sendable(outbox)).toEqual([]);
    const due = outbox.deadline(0) ?? 0;
    expect(due).toBeGreaterThan(0);
    expect(numbers(sendable(outbox, due))).toEqual([1, 2]);
    // It is under way now: nothing to change.
    outbox.unknown(1, due);
    expect(outbox.deadline(due)).toBeUndefined();
  });

  test("an answer that nobody waits for changes nothing", () => {
    const outbox = filled(row(1));
    expect(outbox.answered(1, { type: "accepted", seq: 1, ts: 1 }, 0)).toEqual({ type: "kept" });
    expect(numbers(sendable(outbox))).toEqual([1]);
  });
});

/** A server's side of rule S3, with answers that get lost and refusals that pass, drawn from a seed. */
function conversationThat(next: (below: number) => number) {
  const accepted: Id[] = [];
  const decide = (attempt: Attempt) => {
    const known = accepted.indexOf(attempt.row.id);
    if (known >= 0) return { type: "accepted", seq: known + 1, ts: undefined } as const;
    if (next(5) === 0) return { type: "later", reason: "busy" } as const;
    if (attempt.after !== undefined && !accepted.includes(attempt.after)) return { type: "waits" } as const;
    return { type: "accepted", seq: accepted.push(attempt.row.id), ts: 1 } as const;
  };
  return { accepted, decide };
}

describe("S3 whatever is refused for a while and whichever answer is lost", () => {
  test.each(Array.from({ length: 50 }, (_, seed) => seed + 1))(
    "each message is accepted once, in order (seed %i)",
    (seed) => {
      let state = seed * 7919;
      const next = (below: number): number => (state = (state * 48271) % 2147483647) % below;
      const server = conversationThat(next);
      const outbox = createOutbox([], systemRandom);
      let now = 0;
      let added = 0;
      for (let round = 0; round < 5000 && (added < 60 || outbox.rows("c").length > 0); round++) {
        while (added < 60 && next(3) > 0) outbox.add(row(++added));
        const attempts = sendable(outbox, now);
        const cut = next(4) === 0 ? next(attempts.length + 1) : attempts.length;
        // The server may have decided more than was answered before the connection broke.
        for (const [at, attempt] of attempts.entries()) {
          if (at > cut + next(3)) break;
          const verdict = server.decide(attempt);
          if (at >= cut) continue;
          if (outbox.answered(attempt.row.n, verdict, now).type === "accepted") outbox.settle(attempt.row.id);
        }
        if (cut < attempts.length) outbox.disconnected();
        now = outbox.deadline(now) ?? now + 1;
      }
      expect(outbox.rows("c")).toEqual([]);
      expect(server.accepted).toEqual(Array.from({ length: 60 }, (_, at) => id(at + 1)));
    },
  );
});
