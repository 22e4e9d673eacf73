import type { Clock, Random, Stop } from "../base/clock.ts";
import type { Id } from "../base/id.ts";
import { missing } from "../base/ranges.ts";
import type { Range } from "../base/ranges.ts";
import type { AccountApi } from "../http/api.ts";
import { Problem } from "../http/problem.ts";
import type { ConversationRow } from "../store/rows.ts";
import { defaultBackOff, pauseAfter } from "./back_off.ts";
import type { Book } from "./book.ts";
import { readable, withAbsent } from "./conversation_row.ts";
import type { Receiver } from "./receiver.ts";
import type { Serial } from "./serial.ts";

/**
 * Fills what this device lacks by range reads: what it missed (above its cursor) first, the conversation with the latest
 * news first, and in each the newest records first; then older history, back to where the account joined.
 */
export interface Filler {
  /** There may be something to fill now. It looks after a moment, in which what is on its way still comes by itself. */
  wake(): void;
  /** Stops until the next {@link Filler.wake}; what is under way is not used. */
  pause(): void;
  /** Fills some of what lies below `before` in a conversation now, ahead of all others. Rejects with a {@link Problem}. */
  older(conversation: Id, before: number): Promise<void>;
}

export interface FillerParts {
  readonly book: Book;
  readonly api: Pick<AccountApi, "records">;
  readonly receiver: Receiver;
  /** All that changes the book by what comes runs here. */
  readonly serial: Serial;
  readonly clock: Clock;
  readonly random: Random;
  /** The cursor of a conversation moved past what was a gap: the server is to be told. */
  readonly filled: (conversation: Id) => void;
  readonly fault: (what: string) => void;
}

/** Records of one request, and of one that somebody waits for. */
const page = 500;
const pageOnDemand = 100;
/** What comes by itself has this long to come, in milliseconds. */
const moment = 60;

interface Machine {
  readonly parts: FillerParts;
  /** Raised by pause(): what was under way before is not used. */
  generation: number;
  running: boolean;
  timer: Stop | undefined;
  tries: number;
  /** Conversations that the server does not let this device read now. */
  readonly closed: Set<Id>;
}

/** Makes a filler that is paused. */
export function createFiller(parts: FillerParts): Filler {
  const machine: Machine = { parts, generation: 0, running: false, timer: undefined, tries: 0, closed: new Set() };
  return {
    wake: () => {
      if (!machine.running) lookAfter(machine, moment);
    },
    pause: () => {
      machine.generation++;
      machine.running = false;
      machine.tries = 0;
      machine.closed.clear();
      machine.timer?.();
      machine.timer = undefined;
    },
    older: async (conversation, before) => {
      const row = parts.book.conversation(conversation);
      const hole = row === undefined ? undefined : holesOf(row).findLast(([first]) => first < before);
      if (hole === undefined) return;
      await fill(machine, conversation, lastPart([hole[0], Math.min(hole[1], before - 1)], pageOnDemand));
    },
  };
}

function lookAfter(machine: Machine, ms: number): void {
  machine.timer?.();
  machine.timer = machine.parts.clock.after(ms, () => {
    machine.timer = undefined;
    if (!machine.running) void run(machine);
  });
}

async function run(machine: Machine): Promise<void> {
  const { generation, parts } = machine;
  machine.running = true;
  try {
    for (let next = choose(machine); next !== undefined && machine.generation === generation; next = choose(machine)) {
      await fillOrClose(machine, next.id, next.range);
    }
    machine.tries = 0;
  } catch (reason) {
    if (machine.generation === generation) {
      if (!(reason instanceof Problem) || !reason.passes) parts.fault(`a range read: ${String(reason)}`);
      const pause = pauseAfter(machine.tries++, defaultBackOff, parts.random);
      lookAfter(machine, Math.max(pause, (reason instanceof Problem ? reason.retryAfter : undefined) ?? 0));
    }
  }
  if (machine.generation === generation) machine.running = false;
}

/** What to read next: the newest part of the hole that matters most. */
function choose(machine: Machine): { id: Id; range: Range } | undefined {
  const rows = machine.parts.book.conversations().filter(({ id }) => !machine.closed.has(id));
  const missed = latest(rows.filter((row) => holesAbove(row).length > 0));
  const chosen = missed ?? latest(rows.filter((row) => holesOf(row).length > 0));
  const hole = chosen === undefined ? undefined : (missed === undefined ? holesOf(chosen) : holesAbove(chosen)).at(-1);
  return chosen === undefined || hole === undefined ? undefined : { id: chosen.id, range: lastPart(hole, page) };
}

function holesOf(row: ConversationRow): readonly Range[] {
  return readable(row).flatMap(([first, last]) => missing(row.have, first, last));
}

/** Holes above the cursor: what the server holds back from the device until they are filled. */
function holesAbove(row: ConversationRow): readonly Range[] {
  return readable(row).flatMap(([first, last]) => missing(row.have, Math.max(first, row.cursor + 1), last));
}

function latest(rows: readonly ConversationRow[]): ConversationRow | undefined {
  return rows.reduce<ConversationRow | undefined>(
    (best, row) => (best === undefined || (row.last?.ts ?? 0) > (best.last?.ts ?? 0) ? row : best),
    undefined,
  );
}

function lastPart([first, last]: Range, size: number): Range {
  return [Math.max(first, last - size + 1), last];
}

/** Fills, unless this account may not read there any more: `me` says so sooner or later. */
async function fillOrClose(machine: Machine, conversation: Id, range: Range): Promise<void> {
  try {
    await fill(machine, conversation, range);
  } catch (reason) {
    if (!(reason instanceof Problem) || (reason.status !== 404 && reason.status !== 403)) throw reason;
    machine.closed.add(conversation);
  }
}

async function fill(machine: Machine, conversation: Id, [first, last]: Range): Promise<void> {
  const { book, api, receiver, serial } = machine.parts;
  const { generation } = machine;
  const answer = await api.records(conversation, first, last - first + 1);
  await serial.run(async () => {
    if (machine.generation !== generation) throw new Problem("offline", "the connection ended", 0);
    const cursor = book.conversation(conversation)?.cursor;
    let next = first;
    for (const { seq } of answer.records) {
      absent(book, conversation, next, Math.min(seq - 1, last));
      next = seq + 1;
    }
    await receiver.takeRecords(conversation, answer.records);
    // Nothing at all from `first` on: it is kept no longer. Else the rest may only have had no room in the answer.
    if (answer.records.length === 0) absent(book, conversation, first, last);
    if ((book.conversation(conversation)?.cursor ?? 0) > (cursor ?? 0)) machine.parts.filled(conversation);
  });
}

function absent(book: Book, conversation: Id, first: number, last: number): void {
  const row = book.conversation(conversation);
  if (row !== undefined && first <= last) book.put(withAbsent(row, first, last));
}
