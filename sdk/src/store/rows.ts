import type { Id } from "../base/id.ts";
import type { Ranges } from "../base/ranges.ts";
import type { RecordContent } from "../codec/record_content.ts";
import type { MemberRole, StreamRecord, UrgencyName } from "../codec/wire.ts";

/** What a store keeps. Rows are plain values that can be cloned, and are never changed in place. */
export interface Rows {
  readonly me: MeRow;
  readonly conversations: ConversationRow;
  readonly records: RecordRow;
  readonly outbox: OutboxRow;
  readonly profiles: ProfileRow;
  readonly drafts: DraftRow;
  readonly pending: PendingRow;
}

export type Table = keyof Rows;

/** Tables in the order in which stores create them. A table that is added goes to the end. */
export const tables = [
  "me",
  "conversations",
  "records",
  "outbox",
  "profiles",
  "drafts",
  "pending",
] as const satisfies Table[];

/** Who this device is, and how far it has followed its account. One row, under the key `["", 0]`. */
export interface MeRow {
  readonly account: Id;
  readonly handle: string;
  readonly device: Id;
  readonly token: string;
  /** The id of the server's data, as of the last connect (rule D11). */
  readonly dataId?: string;
  /** The seq of the account's own stream up to which everything is in this store; undefined before the first state. */
  readonly at?: number;
  /** The highest message id that this device has used. */
  readonly lastId?: Id;
  /** Settings of the account, as `PUT /v1/settings` was given them. */
  readonly settings?: Versioned;
}

/** A JSON object with its version, which only grows. */
export interface Versioned {
  readonly version: number;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A conversation, under its id. */
export interface ConversationRow {
  readonly id: Id;
  readonly kind: "direct" | "group";
  readonly open: boolean;
  readonly name: string;
  /** The hash of its picture, for `GET /v1/pictures/{hash}`. */
  readonly picture?: string;
  /** Of a direct conversation: the other account. */
  readonly with?: Id;
  readonly role: MemberRole;
  readonly memberCount: number;
  /** The seq of the last record that changed name, picture, role or members. */
  readonly changedAt: number;
  /** Whether this account is no member any more: what was read stays, and nothing new comes. */
  readonly left: boolean;
  /** Members read from here on. */
  readonly joinSeq: number;
  /** The highest seq that is known to be there. */
  readonly head: number;
  /** Seqs whose records are in the store, or are known to be kept no longer. */
  readonly have: Ranges;
  /** This device's cursor on the server is at least here. */
  readonly cursor: number;
  /** The server has not confirmed yet that it knows `cursor`. */
  readonly owesCursor: boolean;
  /** What the person has read, on any device; and how much of that the server has confirmed. */
  readonly read: number;
  readonly readConfirmed: number;
  /** What all others have received, and read. */
  readonly delivered: number;
  readonly othersRead: number;
  /** How many records above `read` do not count as unread: one's own, and the server's. */
  readonly uncounted: number;
  /** The newest record that people see, cut for a list. */
  readonly last?: Preview;
  readonly settings?: Versioned;
}

/** As much of a record as a list of conversations shows: a long text is cut. */
export interface Preview {
  readonly seq: number;
  readonly ts: number;
  readonly id: Id;
  readonly account: Id;
  readonly content: RecordContent;
}

/** A record, under its conversation and seq. Its body is what the cipher opened. */
export type RecordRow = StreamRecord;

/** A message that the server has not accepted yet, under its conversation and `n`. */
export interface OutboxRow {
  readonly conversation: Id;
  /** Its place among all messages of this device. */
  readonly n: number;
  /** The message id, the same in every retry. */
  readonly id: Id;
  /** Made by who sent it, so that asking twice sends once. */
  readonly key: string;
  readonly body: Uint8Array;
  readonly kind: number;
  readonly urgency: UrgencyName;
  /** When it was sent, by this device's clock. */
  readonly ts: number;
  /** Why it was refused for good. */
  readonly failed?: string;
}

/** What this device knows of an account, under its id. */
export interface ProfileRow {
  readonly account: Id;
  readonly handle: string;
  readonly name: string;
  readonly about: string;
  readonly picture?: string;
  readonly version: number;
}

/** What was written and not sent, under the conversation's id. It stays on this device. */
export interface DraftRow {
  readonly conversation: Id;
  readonly text: string;
}

/**
 * Who this device asks to become, made before the server is asked for the first time: so that asking again after a lost
 * answer asks for the same (rule Q2). One row, under the key `["", 0]`.
 */
export interface PendingRow {
  readonly account: Id;
  readonly device: Id;
  readonly token: string;
}
