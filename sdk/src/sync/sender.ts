import type { Clock, Stop } from "../base/clock.ts";
import type { Id } from "../base/id.ts";
import { has } from "../base/ranges.ts";
import { writeReceipt, writeSend } from "../codec/wire.ts";
import type { StreamRecord } from "../codec/wire.ts";
import type { Attempt, Outcome } from "../outbox/outbox.ts";
import { verdictOf } from "../outbox/verdict.ts";
import type { OutboxRow } from "../store/rows.ts";
import type { Book } from "./book.ts";
import type { Cipher } from "./cipher.ts";
import type { Link, LinkAnswer } from "./link.ts";

/** Puts on the wire what waits in the book: messages of the outbox, and marks that the server has not confirmed. */
export interface Sender {
  /** The link is open and the server's data are known to be the right ones: sends from now on. */
  open(): void;
  /** The link is closed. */
  close(): void;
  /** There may be something to send. */
  wake(): void;
}

export interface SenderParts {
  readonly book: Book;
  readonly link: Pick<Link, "ask">;
  readonly cipher: Cipher;
  readonly clock: Clock;
  /** A message's id is too old to be accepted: looks for it in the conversation, after all of that is in the store. */
  readonly find: (row: OutboxRow) => Promise<boolean>;
  /** A message was accepted at a seq that the device does not have. */
  readonly lacks: () => void;
  readonly fault: (what: string) => void;
}

/** Marks that may be without an answer at a time. With the outbox's 32 they stay below the server's 64. */
const maxMarks = 8;
/** The pause after marks were refused, in milliseconds. */
const marksPause = 5_000;

interface Machine {
  readonly parts: SenderParts;
  open: boolean;
  /** Raised with each connection. */
  generation: number;
  sending: boolean;
  readonly marks: Set<Id>;
  /** Marks were refused: none goes out before this time. */
  marksFrom: number | undefined;
  timer: Stop | undefined;
}

/** Makes a sender that is closed. */
export function createSender(parts: SenderParts): Sender {
  const machine: Machine = {
    parts,
    open: false,
    generation: 0,
    sending: false,
    marks: new Set(),
    marksFrom: undefined,
    timer: undefined,
  };
  return {
    open: () => {
      machine.open = true;
      wake(machine);
    },
    close: () => {
      machine.open = false;
      machine.generation++;
      machine.marks.clear();
      machine.timer?.();
      machine.timer = undefined;
      parts.book.outbox.disconnected();
    },
    wake: () => {
      wake(machine);
    },
  };
}

function wake(machine: Machine): void {
  if (!machine.open) return;
  sendMarks(machine);
  void sendMessages(machine);
}

async function sendMessages(machine: Machine): Promise<void> {
  if (machine.sending) return;
  machine.sending = true;
  const { book, clock } = machine.parts;
  let looked = clock.now();
  try {
    // A message goes out once it is in the store: then it is sent again after whatever happens.
    await book.journal.flush();
    while (machine.open) {
      looked = clock.now();
      const attempt = book.outbox.next(looked);
      if (attempt === undefined) break;
      await send(machine, attempt);
    }
  } catch (reason) {
    machine.parts.fault(`sending: ${String(reason)}`);
  } finally {
    machine.sending = false;
  }
  lookLater(machine, looked);
}

/**
 * Looks again when a pause ends. `looked` is when the outbox was asked last: a pause that has ended since then has not been
 * seen to end.
 */
function lookLater(machine: Machine, looked: number): void {
  machine.timer?.();
  machine.timer = undefined;
  if (!machine.open) return;
  const { book, clock } = machine.parts;
  const ends = [book.outbox.deadline(looked), machine.marksFrom].filter((end) => end !== undefined);
  if (ends.length === 0) return;
  machine.timer = clock.after(Math.max(1, Math.min(...ends) - clock.now()), () => {
    wake(machine);
  });
}

async function send(machine: Machine, { row, after }: Attempt): Promise<void> {
  const { cipher, link } = machine.parts;
  const { generation } = machine;
  const body = await cipher.seal(row.conversation, row.id, row.body);
  // Without this connection the message counts as not sent, and has gone back to the others.
  if (machine.generation !== generation) return;
  const { id, kind, urgency } = row;
  link.ask(`c/${row.conversation}/send`, writeSend({ id, kind, urgency, body, after }), (answer) => {
    if (answer !== undefined && machine.generation === generation) answered(machine, row, answer);
  });
}

function answered(machine: Machine, row: OutboxRow, { reason, properties }: LinkAnswer): void {
  const { book, clock } = machine.parts;
  const outcome = book.outbox.answered(row.n, verdictOf(reason, properties), clock.now());
  settle(machine, outcome);
  wake(machine);
}

function settle(machine: Machine, outcome: Outcome): void {
  const { book, lacks, fault, clock } = machine.parts;
  switch (outcome.type) {
    case "accepted":
      accepted(machine, outcome.row, outcome.seq, outcome.ts);
      break;
    case "failed":
      book.putOutbox(outcome.row);
      break;
    case "stale":
      if (outcome.floor !== undefined) book.raiseStamp(outcome.floor);
      lacks();
      stale(machine, outcome.row).catch((reason: unknown) => {
        // It goes out again, and is stale again, after a pause: then the conversation can be read, perhaps.
        fault(`a stale message: ${String(reason)}`);
        book.outbox.unknown(outcome.row.n, clock.now());
        wake(machine);
      });
      break;
    case "kept":
      break;
  }
}

/** D8: the answer is the echo, so the record is made here; where it has no time it is read like all that is missing. */
function accepted(machine: Machine, row: OutboxRow, seq: number, ts: number | undefined): void {
  const { book, lacks } = machine.parts;
  const conversation = book.conversation(row.conversation);
  if (conversation === undefined || seq < conversation.joinSeq || has(conversation.have, seq)) {
    // It cannot be read any more, or is here already.
    if (book.outbox.settle(row.id) !== undefined) book.deleteOutbox(row);
    return;
  }
  if (ts === undefined) {
    book.put({ ...conversation, head: Math.max(conversation.head, seq) });
    lacks();
    return;
  }
  const { account, device } = book.me();
  const { id, kind, body } = row;
  const record: StreamRecord = { seq, ts, account, device, id, kind, body };
  book.addRecord(row.conversation, record);
}

async function stale(machine: Machine, row: OutboxRow): Promise<void> {
  const { book, find, clock } = machine.parts;
  if (await find(row)) {
    if (book.outbox.settle(row.id) !== undefined) book.deleteOutbox(row);
  } else {
    for (const changed of book.outbox.restamp(row.n, () => book.stamp(clock.now()))) book.putOutbox(changed);
  }
  wake(machine);
}

function sendMarks(machine: Machine): void {
  const { book, clock } = machine.parts;
  if (machine.marksFrom !== undefined && clock.now() < machine.marksFrom) return;
  machine.marksFrom = undefined;
  for (const row of book.conversations()) {
    if (machine.marks.size >= maxMarks) return;
    if (row.left || machine.marks.has(row.id)) continue;
    if (row.read > row.readConfirmed || row.owesCursor) sendMark(machine, row.id);
  }
}

function sendMark(machine: Machine, id: Id): void {
  const { book, link, clock } = machine.parts;
  const { generation } = machine;
  const row = book.conversation(id);
  if (row === undefined) return;
  const { read, readConfirmed, owesCursor, cursor } = row;
  const receipt = { ...(read > readConfirmed ? { read } : {}), ...(owesCursor ? { haveThrough: cursor } : {}) };
  const asked = link.ask(`c/${id}/receipt`, writeReceipt(receipt), (answer) => {
    if (machine.generation !== generation || answer === undefined) return;
    machine.marks.delete(id);
    const now = book.conversation(id);
    const refused = answer.reason >= 0x80;
    if (refused && answer.reason !== 0x87) machine.marksFrom = clock.now() + marksPause;
    else if (now !== undefined) {
      // Not a member any more (0x87): there is nobody to confirm to.
      const owes = owesCursor && now.cursor > cursor && now.owesCursor;
      book.put({ ...now, readConfirmed: Math.max(now.readConfirmed, read), owesCursor: owes });
    }
    wake(machine);
  });
  if (asked) machine.marks.add(id);
}
