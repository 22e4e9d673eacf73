import type { Random } from "../base/clock.ts";
import { fraction } from "../base/clock.ts";
import type { Id } from "../base/id.ts";
import type { OutboxRow } from "../store/rows.ts";
import type { Verdict } from "./verdict.ts";

/** How many messages may be without an answer at a time (rule S3): half of what the server remembers of a device. */
export const maxUnanswered = 32;

/** The first and the longest pause after a refusal that may pass, in milliseconds. */
const firstPause = 500;
const longestPause = 30_000;
/** The pause after `waits`: the answer to the message before is on its way. */
const waitsPause = 100;

/** A message to be put on the wire now, and the id of the one before it, if that has no answer yet. */
export interface Attempt {
  readonly row: OutboxRow;
  readonly after: Id | undefined;
}

/** What a verdict means for a message. */
export type Outcome =
  | { readonly type: "accepted"; readonly row: OutboxRow; readonly seq: number; readonly ts: number | undefined }
  /** Its conversation stands still until {@link Outbox.restamp} or {@link Outbox.settle}. */
  | { readonly type: "stale"; readonly row: OutboxRow; readonly floor: Id | undefined }
  | { readonly type: "failed"; readonly row: OutboxRow; readonly reason: string }
  /** It is tried again by itself. */
  | { readonly type: "kept" };

/**
 * What waits to be accepted, and in which order it goes out: a state machine without I/O.
 *
 * - Within a conversation messages go out in order, each naming the one before it in `after` while that has no answer: so
 *   they are accepted in order, also when one in the middle is refused for a while.
 * - At most {@link maxUnanswered} are under way.
 * - One that was refused for a while, and those behind it, go out again after a pause that grows, with the same ids.
 * - One that was refused for good stands aside as `failed` until somebody decides; those behind it go on without it.
 */
export interface Outbox {
  /** Adds a message at the end of its conversation. Its `n` and id must be above all before. */
  add(row: OutboxRow): void;
  /** The next message to send now, which counts as under way from here; undefined if there is none. */
  next(now: number): Attempt | undefined;
  /** The server has decided about the message `n`. */
  answered(n: number, verdict: Verdict, now: number): Outcome;
  /** The connection is gone: what was under way, or stale, goes out again with the next one. */
  disconnected(): void;
  /** When {@link Outbox.next} may have one that it has not now, because a pause ends; undefined if nothing pauses. */
  deadline(now: number): number | undefined;
  /** Nobody could say whether a stale message is in its conversation: it goes out again after a pause, and is stale again. */
  unknown(n: number, now: number): void;
  /** The message is in the conversation: forgets it. Returns its row if it was here. */
  settle(id: Id): OutboxRow | undefined;
  /** Gives messages of a conversation that no server has accepted new ids, in order. Returns the changed rows. */
  restamp(n: number, stamp: () => Id): readonly OutboxRow[];
  /** Puts a failed message at the end of its conversation again. `row` has a new `n` and id. */
  retry(n: number, row: OutboxRow): boolean;
  /** Takes a message back: true if it failed, or was never sent. */
  discard(n: number): boolean;
  /** Forgets a conversation's messages, and returns them. */
  drop(conversation: Id): readonly OutboxRow[];
  /** What waits in a conversation, in order. */
  rows(conversation: Id): readonly OutboxRow[];
}

interface Item {
  row: OutboxRow;
  state: "waiting" | "under_way" | "stale" | "accepted" | "failed";
  /** Whether it was ever put on the wire: then nobody knows that it was not accepted. */
  sent: boolean;
}

interface Queue {
  readonly items: Item[];
  pausedUntil: number;
  pauses: number;
}

interface State {
  readonly queues: Map<Id, Queue>;
  readonly random: Random;
  underWay: number;
}

/** Makes an outbox of what a store has of it. Whatever it holds may have been sent before. */
export function createOutbox(rows: readonly OutboxRow[], random: Random): Outbox {
  const state: State = { queues: new Map(), random, underWay: 0 };
  const sorted = [...rows].sort((left, right) => left.n - right.n);
  for (const row of sorted) enter(state, row, true);
  return {
    add: (row) => {
      enter(state, row, false);
    },
    next: (now) => next(state, now),
    answered: (n, verdict, now) => answered(state, n, verdict, now),
    disconnected: () => {
      for (const { items } of state.queues.values()) {
        for (const item of items) if (item.state === "under_way" || item.state === "stale") item.state = "waiting";
      }
      state.underWay = 0;
    },
    deadline: (now) => deadline(state, now),
    unknown: (n, now) => {
      const found = find(state, (item) => item.row.n === n && item.state === "stale");
      if (found === undefined) return;
      found.item.state = "waiting";
      found.queue.pausedUntil = Math.max(found.queue.pausedUntil, now + pause(found.queue.pauses++, state.random));
    },
    settle: (id) => {
      const found = find(state, ({ row }) => row.id === id);
      if (found !== undefined) leave(state, found.queue, found.item);
      return found?.item.row;
    },
    restamp: (n, stamp) => restamp(state, n, stamp),
    retry: (n, row) => {
      const found = find(state, (item) => item.row.n === n && item.state === "failed");
      if (found === undefined) return false;
      leave(state, found.queue, found.item);
      enter(state, row, false);
      return true;
    },
    discard: (n) => {
      const found = find(state, (item) => item.row.n === n);
      if (found === undefined || (found.item.sent && found.item.state !== "failed")) return false;
      leave(state, found.queue, found.item);
      return true;
    },
    drop: (conversation) => {
      const queue = state.queues.get(conversation);
      const items = [...(queue?.items ?? [])];
      if (queue !== undefined) for (const item of items) leave(state, queue, item);
      return items.map(({ row }) => row);
    },
    rows: (conversation) => (state.queues.get(conversation)?.items ?? []).map(({ row }) => row),
  };
}

function enter(state: State, row: OutboxRow, sent: boolean): void {
  const queue = state.queues.get(row.conversation) ?? { items: [], pausedUntil: 0, pauses: 0 };
  state.queues.set(row.conversation, queue);
  queue.items.push({ row, state: row.failed === undefined ? "waiting" : "failed", sent });
}

function leave(state: State, queue: Queue, item: Item): void {
  if (item.state === "under_way") state.underWay--;
  queue.items.splice(queue.items.indexOf(item), 1);
  if (queue.items.length === 0) state.queues.delete(item.row.conversation);
}

function find(state: State, wanted: (item: Item) => boolean): { queue: Queue; item: Item } | undefined {
  for (const queue of state.queues.values()) {
    const item = queue.items.find(wanted);
    if (item !== undefined) return { queue, item };
  }
  return undefined;
}

function next(state: State, now: number): Attempt | undefined {
  if (state.underWay >= maxUnanswered) return undefined;
  let best: { readonly item: Item; readonly after: Id | undefined } | undefined;
  for (const queue of state.queues.values()) {
    if (queue.pausedUntil > now) continue;
    const candidate = firstToSend(queue);
    if (candidate !== undefined && (best === undefined || candidate.item.row.n < best.item.row.n)) best = candidate;
  }
  if (best === undefined) return undefined;
  best.item.state = "under_way";
  best.item.sent = true;
  state.underWay++;
  return { row: best.item.row, after: best.after };
}

/** The first message of a queue that is not under way, and the one before it that has no answer yet. */
function firstToSend({ items }: Queue): { item: Item; after: Id | undefined } | undefined {
  let after: Id | undefined;
  for (const item of items) {
    if (item.state === "stale") return undefined;
    if (item.state === "waiting") return { item, after };
    if (item.state === "under_way") after = item.row.id;
  }
  return undefined;
}

function answered(state: State, n: number, verdict: Verdict, now: number): Outcome {
  const found = find(state, (item) => item.row.n === n && item.state === "under_way");
  if (found === undefined) return { type: "kept" };
  const { queue, item } = found;
  state.underWay--;
  switch (verdict.type) {
    case "accepted":
      item.state = "accepted";
      queue.pauses = 0;
      return { type: "accepted", row: item.row, seq: verdict.seq, ts: verdict.ts };
    case "stale":
      item.state = "stale";
      return { type: "stale", row: item.row, floor: verdict.floor };
    case "waits":
      item.state = "waiting";
      queue.pausedUntil = Math.max(queue.pausedUntil, now + waitsPause);
      return { type: "kept" };
    case "later":
      item.state = "waiting";
      queue.pausedUntil = Math.max(queue.pausedUntil, now + pause(queue.pauses++, state.random));
      return { type: "kept" };
    case "refused":
      item.state = "failed";
      item.row = { ...item.row, failed: verdict.reason };
      return { type: "failed", row: item.row, reason: verdict.reason };
  }
}

/** Between half and all of a time that doubles, so that many clients do not come back in the same moment. */
function pause(before: number, random: Random): number {
  const whole = Math.min(longestPause, firstPause * 2 ** Math.min(before, 10));
  return whole * (0.5 + fraction(random) / 2);
}

function deadline(state: State, now: number): number | undefined {
  const ends = [...state.queues.values()]
    .filter((queue) => queue.pausedUntil > now && firstToSend(queue) !== undefined)
    .map((queue) => queue.pausedUntil);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** Only those that are not under way: their verdict counts. They are behind `n`, and keep their order. */
function restamp(state: State, n: number, stamp: () => Id): OutboxRow[] {
  const found = find(state, ({ row }) => row.n === n);
  if (found === undefined) return [];
  const changed: OutboxRow[] = [];
  for (const item of found.queue.items.slice(found.queue.items.indexOf(found.item))) {
    if (item.state !== "stale" && item.state !== "waiting") continue;
    if (item.state === "waiting" && item.sent) continue;
    item.row = { ...item.row, id: stamp() };
    item.state = "waiting";
    changed.push(item.row);
  }
  return changed;
}
