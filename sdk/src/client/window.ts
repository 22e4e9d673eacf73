import type { Stop } from "../base/clock.ts";
import type { Id } from "../base/id.ts";
import { missing } from "../base/ranges.ts";
import { signalOf } from "../base/signal.ts";
import type { Signal } from "../base/signal.ts";
import type { ConversationRow, RecordRow } from "../store/rows.ts";
import type { Book, BookChange } from "../sync/book.ts";
import type { Engine } from "../sync/engine.ts";
import { createSerial } from "../sync/serial.ts";
import type { Serial } from "../sync/serial.ts";
import { messageOf, stateOf, waitingMessage } from "./messages.ts";
import type { Message, MessageWindow } from "./types.ts";

/** Records that are read at a time, and that a window holds at most: so memory does not grow with a conversation. */
const page = 60;
const most = 360;
/** As many records as may be missing between two: they are on their way. Where more are, what follows stands elsewhere. */
const mostMissing = page;

/** A part of a conversation in memory, which follows what comes and can be moved. */
export interface Window {
  readonly value: Signal<MessageWindow>;
  /** Adds older messages, from the store or the server; lets go of the newest where there are too many. */
  older(): Promise<void>;
  /** Adds newer messages that it has let go of. */
  newer(): Promise<void>;
  /** Goes to the end of the conversation. */
  latest(): Promise<void>;
  /**
   * Whether somebody looks at its end: then new messages push out the oldest. Else what is looked at stays, and new
   * messages beyond the bound are left to {@link Window.newer}. True at first.
   */
  follow(following: boolean): void;
  close(): void;
}

interface Machine {
  readonly book: Book;
  readonly engine: Pick<Engine, "older">;
  readonly id: Id;
  readonly value: ReturnType<typeof signalOf<MessageWindow>>;
  /** By seq, in no order. */
  readonly messages: Map<number, Message>;
  readonly records: Map<number, RecordRow>;
  /** Everything from `first` to `last` that this device has is here. Nothing is if `first` is above `last`. */
  first: number;
  last: number;
  /** Whether `last` is the end, and moves with it. */
  atEnd: boolean;
  following: boolean;
  /** Counts records that came beyond the end of what is here. */
  arrived: number;
  readonly serial: Serial;
  /** Pieces of reading that are under way or waiting. */
  loading: number;
  closed: boolean;
  dirty: boolean;
}

/** Opens a window at the end of a conversation; its first page comes as soon as the store gives it. */
export function openWindow(book: Book, engine: Pick<Engine, "older">, id: Id): Window {
  const machine: Machine = {
    book,
    engine,
    id,
    value: signalOf<MessageWindow>({ messages: [], hasOlder: false, hasNewer: false, loading: true }),
    messages: new Map(),
    records: new Map(),
    first: 1,
    last: 0,
    atEnd: true,
    following: true,
    arrived: 0,
    serial: createSerial(),
    loading: 0,
    closed: false,
    dirty: false,
  };
  const stop: Stop = book.changed.on((change) => {
    follow(machine, change);
  });
  latest(machine).catch(closedStore);
  return {
    value: machine.value.signal,
    older: () => older(machine),
    newer: () => newer(machine),
    latest: () => latest(machine),
    follow: (following) => {
      machine.following = following;
    },
    close: () => {
      machine.closed = true;
      stop();
    },
  };
}

function follow(machine: Machine, change: BookChange): void {
  if (change.type === "me" || change.id !== machine.id) return;
  if (change.type === "record") came(machine, change.record);
  if (change.type === "forgotten") latest(machine).catch(closedStore);
  refresh(machine);
}

function came(machine: Machine, record: RecordRow): void {
  const { seq } = record;
  const beyond = seq > machine.last;
  const end = machine.following ? "oldest" : "newest";
  if (beyond && machine.atEnd && machine.records.size > 0 && gapAfter(machine, machine.last, seq) !== undefined) {
    // Where many were missed the newest come first. Who looks at the end looks at these; others come to them later.
    if (machine.following) clear(machine);
    else machine.atEnd = false;
  }
  if (beyond && !machine.atEnd) {
    machine.arrived++;
  } else if (beyond) {
    hold(machine, record);
    machine.last = seq;
    if (machine.first > machine.last || machine.records.size === 1) machine.first = seq;
    bound(machine, end);
  } else if (machine.first <= seq) {
    hold(machine, record);
    bound(machine, end);
  } else if (machine.records.size < page) {
    // The first page could not be had whole, and now some of it comes by itself.
    older(machine).catch(closedStore);
  }
}

/** Where more than {@link mostMissing} records in a row are missing between two seqs: the first of them. */
function gapAfter({ book, id }: Machine, seq: number, before: number): number | undefined {
  const have = book.conversation(id)?.have ?? [];
  return missing(have, seq + 1, before - 1).find(([first, last]) => last - first >= mostMissing)?.[0];
}

function clear(machine: Machine): void {
  machine.records.clear();
  machine.messages.clear();
}

function closedStore(): void {
  // A store that fails says so elsewhere, and a closed one has no window.
}

function hold(machine: Machine, record: RecordRow): void {
  machine.records.set(record.seq, record);
}

/** Lets go of messages at one end until there are no more than {@link most}. */
function bound(machine: Machine, end: "oldest" | "newest"): void {
  const excess = machine.records.size - most;
  if (excess <= 0) return;
  const seqs = [...machine.records.keys()].sort((left, right) => (end === "oldest" ? left - right : right - left));
  for (const seq of seqs.slice(0, excess)) {
    machine.records.delete(seq);
    machine.messages.delete(seq);
  }
  const kept = seqs[excess] ?? 0;
  if (end === "oldest") machine.first = kept;
  else [machine.last, machine.atEnd] = [kept, false];
}

/** Once for all that changes in one go. */
function refresh(machine: Machine): void {
  if (machine.dirty || machine.closed) return;
  machine.dirty = true;
  queueMicrotask(() => {
    machine.dirty = false;
    if (!machine.closed) machine.value.set(snapshot(machine));
  });
}

function snapshot(machine: Machine): MessageWindow {
  const { book, id, records, first, atEnd } = machine;
  const loading = machine.loading > 0;
  const row = book.conversation(id);
  if (row === undefined) return { messages: [], hasOlder: false, hasNewer: false, loading };
  const own = book.me().account;
  const seqs = [...records.keys()].sort((left, right) => left - right);
  const messages = seqs.map((seq) => current(machine, row, seq, own));
  if (atEnd) messages.push(...book.outbox.rows(id).map((waiting) => waitingMessage(waiting, own)));
  const lowest = records.size === 0 ? row.head + 1 : first;
  return { messages, hasOlder: lowest > row.joinSeq, hasNewer: !atEnd, loading };
}

/** The message of a record: the same object as before unless its state is another. */
function current(machine: Machine, row: ConversationRow, seq: number, own: Id): Message {
  const before = machine.messages.get(seq);
  if (before?.state === stateOf(row, seq, before?.mine ?? false)) return before;
  const record = machine.records.get(seq);
  if (record === undefined) throw new Error("a window has a seq without its record");
  const message =
    before === undefined ? messageOf(row, record, own) : { ...before, state: stateOf(row, seq, before.mine) };
  machine.messages.set(seq, message);
  return message;
}

function latest(machine: Machine): Promise<void> {
  return reading(machine, async () => {
    clear(machine);
    machine.atEnd = true;
    machine.first = (machine.book.conversation(machine.id)?.head ?? 0) + 1;
    machine.last = machine.first - 1;
    await readOlder(machine);
  });
}

async function older(machine: Machine): Promise<void> {
  if (machine.loading === 0) await reading(machine, () => readOlder(machine));
}

async function newer(machine: Machine): Promise<void> {
  if (machine.loading === 0) await reading(machine, () => readNewer(machine));
}

/** One piece of reading at a time. */
async function reading(machine: Machine, work: () => Promise<void>): Promise<void> {
  machine.loading++;
  refresh(machine);
  try {
    await machine.serial.run(work);
  } finally {
    machine.loading--;
    refresh(machine);
  }
}

async function readOlder(machine: Machine): Promise<void> {
  const { book, engine, id } = machine;
  const row = book.conversation(id);
  if (row === undefined || machine.first <= row.joinSeq) return;
  const to = machine.first - 1;
  const from = Math.max(row.joinSeq, to - page + 1);
  // Offline, or refused: what is here is shown, and the rest when it comes.
  if (missing(row.have, from, to).length > 0) await engine.older(id, machine.first).catch(() => undefined);
  // Only what lies above a hole belongs to what is here.
  const hole = missing(book.conversation(id)?.have ?? [], from, to).at(-1)?.[1];
  const lowest = hole === undefined ? from : hole + 1;
  await book.journal.flush();
  const found = await book.scan("records", id, { from: lowest, to, limit: page, backwards: true });
  if (machine.closed || machine.first !== to + 1) return;
  for (const record of found) hold(machine, record);
  machine.first = lowest;
  bound(machine, "newest");
}

async function readNewer(machine: Machine): Promise<void> {
  const { book, engine, id } = machine;
  const row = book.conversation(id);
  if (machine.atEnd || row === undefined) return;
  const { arrived } = machine;
  const from = machine.last + 1;
  const wanted = Math.min(machine.last + page, row.head);
  // Offline, or refused: what lies before it is shown.
  if (missing(row.have, from, wanted).length > 0) await engine.older(id, wanted + 1).catch(() => undefined);
  const gap = gapAfter(machine, machine.last, (book.conversation(id)?.head ?? 0) + 1);
  await book.journal.flush();
  const found = await book.scan("records", id, { from, ...(gap === undefined ? {} : { to: gap - 1 }), limit: page });
  if (machine.closed) return;
  for (const record of found) hold(machine, record);
  machine.last = found.at(-1)?.seq ?? machine.last;
  // What came meanwhile may not have been in the store yet.
  machine.atEnd = found.length < page && gap === undefined && machine.arrived === arrived;
  bound(machine, "oldest");
}
