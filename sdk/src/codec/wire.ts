import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { base32, bytesOf, idFromBytes } from "../base/id.ts";
import type { Id } from "../base/id.ts";
import { Malformed } from "./bytes.ts";
import {
  AddedSchema,
  ConversationChangedSchema,
  ConversationKind,
  DeviceSchema,
  Kind,
  LiveSchema,
  MembersChangedSchema,
  NowSchema,
  PresenceSchema,
  ProfileChangedSchema,
  ReceiptSchema,
  RecordSchema,
  RecordsSchema,
  RemovedSchema,
  Role,
  SendSchema,
  SettingsSchema,
  Urgency,
} from "../proto/dunlin_pb.js";
import type { Member as WireMember, Record as WireRecord } from "../proto/dunlin_pb.js";

/** The payloads of docs/protocol.md as plain values: ids in base32, seqs and times as numbers. */

/** Kinds of records; those from 64 on are made by the server. */
export const kinds = {
  message: 0,
  text: 1,
  created: 64,
  members: 65,
  changed: 66,
  added: 80,
  removed: 81,
  deviceLinked: 82,
  deviceRevoked: 83,
  settings: 84,
  profile: 85,
} as const;

/** What an accepted entry added to a stream. */
export interface StreamRecord {
  readonly seq: number;
  /** Milliseconds since 1970 UTC, by the server's clock. */
  readonly ts: number;
  readonly account: Id;
  readonly device: Id;
  readonly id: Id;
  /** One of {@link kinds}, or one that this version does not know. */
  readonly kind: number;
  readonly body: Uint8Array;
}

export type MemberRole = "member" | "admin" | "owner";

export interface Member {
  readonly account: Id;
  readonly role: MemberRole;
}

export interface MembersChange {
  readonly joined: readonly Member[];
  readonly left: readonly Id[];
  readonly roles: readonly Member[];
  readonly name: string;
  readonly picture: string | undefined;
}

/** What a group is called and shows now. Fields that are not there did not change; a picture of null was taken away. */
export interface ConversationChange {
  readonly name?: string;
  readonly picture?: string | null;
}

export interface AddedTo {
  readonly conversation: Id;
  readonly joinSeq: number;
  readonly kind: "direct" | "group";
  readonly open: boolean;
  readonly name: string;
  readonly picture: string | undefined;
  /** Of a direct conversation: the other account, if the server says so. */
  readonly with: Id | undefined;
}

/** Settings of the account, or of a conversation. */
export interface SettingsChange {
  readonly conversation: Id | undefined;
  readonly version: number;
  readonly value: Readonly<Record<string, unknown>>;
}

export interface ReceiptDown {
  readonly delivered: number;
  readonly read: number;
  readonly ownRead: number;
}

/** What `me/now` says. */
export type NowEvent =
  | { readonly type: "caught_up" }
  | { readonly type: "refused"; readonly conversation: Id; readonly id: Id; readonly reason: string }
  | { readonly type: "too_large"; readonly conversation: Id; readonly seq: number }
  | { readonly type: "trimmed"; readonly conversation: Id; readonly through: number }
  | { readonly type: "reset"; readonly from: number }
  | { readonly type: "other" };

export const urgencies = { none: Urgency.NONE, normal: Urgency.NORMAL, ring: Urgency.RING } as const;
export type UrgencyName = keyof typeof urgencies;

function parsed<Desc extends DescMessage>(schema: Desc, bytes: Uint8Array): MessageShape<Desc> {
  try {
    return fromBinary(schema, bytes);
  } catch (reason) {
    throw new Malformed(`no ${schema.name}: ${String(reason)}`);
  }
}

/** An id that a payload may leave out: 26 times `a` then, as the server writes its own. */
function idOf(bytes: Uint8Array): Id {
  if (bytes.length === 0) return idFromBytes(new Uint8Array(16));
  if (bytes.length !== 16) throw new Malformed(`an id has ${bytes.length} bytes`);
  return idFromBytes(bytes);
}

function plainRecord(record: WireRecord): StreamRecord {
  const { account, device, id, kind, body } = record;
  const [seq, ts] = [Number(record.seq), Number(record.ts)];
  return { seq, ts, account: idOf(account), device: idOf(device), id: idOf(id), kind, body };
}

/** Throws {@link Malformed} for bytes that are no `Record`; all readers of this file do so for theirs. */
export function readRecord(bytes: Uint8Array): StreamRecord {
  return plainRecord(parsed(RecordSchema, bytes));
}

/** The answer of a range read. */
export function readRecords(bytes: Uint8Array): { readonly records: readonly StreamRecord[]; readonly head: number } {
  const answer = parsed(RecordsSchema, bytes);
  return { records: answer.records.map(plainRecord), head: Number(answer.head) };
}

export function writeSend(send: {
  readonly id: Id;
  /** `message` or `text` of {@link kinds}. */
  readonly kind: number;
  readonly urgency: UrgencyName;
  readonly body: Uint8Array;
  readonly after: Id | undefined;
}): Uint8Array<ArrayBuffer> {
  const { id, kind, urgency, body, after } = send;
  return toBinary(
    SendSchema,
    create(SendSchema, {
      id: bytesOf(id),
      kind: kind === kinds.text ? Kind.TEXT : Kind.MESSAGE,
      urgency: urgencies[urgency],
      body,
      ...(after === undefined ? {} : { after: bytesOf(after) }),
    }),
  );
}

export function writeReceipt(receipt: {
  readonly read?: number;
  readonly haveThrough?: number;
}): Uint8Array<ArrayBuffer> {
  const { read = 0, haveThrough = 0 } = receipt;
  return toBinary(ReceiptSchema, create(ReceiptSchema, { read: BigInt(read), haveThrough: BigInt(haveThrough) }));
}

export function readReceipt(bytes: Uint8Array): ReceiptDown {
  const { delivered, read, ownRead } = parsed(ReceiptSchema, bytes);
  return { delivered: Number(delivered), read: Number(read), ownRead: Number(ownRead) };
}

export function writeLive(body: Uint8Array): Uint8Array<ArrayBuffer> {
  return toBinary(LiveSchema, create(LiveSchema, { body }));
}

export function readLive(bytes: Uint8Array): { readonly account: Id; readonly device: Id; readonly body: Uint8Array } {
  const { account, device, body } = parsed(LiveSchema, bytes);
  return { account: idOf(account), device: idOf(device), body };
}

export function readNow(bytes: Uint8Array): NowEvent {
  const { what } = parsed(NowSchema, bytes);
  switch (what.case) {
    case "caughtUp":
      return { type: "caught_up" };
    case "refused": {
      const { conversation, id, reason } = what.value;
      return { type: "refused", conversation: idOf(conversation), id: idOf(id), reason };
    }
    case "tooLarge":
      return { type: "too_large", conversation: idOf(what.value.conversation), seq: Number(what.value.seq) };
    case "trimmed":
      return { type: "trimmed", conversation: idOf(what.value.conversation), through: Number(what.value.through) };
    case "reset":
      return { type: "reset", from: Number(what.value.from) };
    case "hello":
    case undefined:
      return { type: "other" };
  }
}

const roleNames: Readonly<Record<number, MemberRole>> = {
  [Role.MEMBER]: "member",
  [Role.ADMIN]: "admin",
  [Role.OWNER]: "owner",
};

function plainMember({ account, role }: WireMember): Member {
  return { account: idOf(account), role: roleNames[role] ?? "member" };
}

export function readMembersChange(bytes: Uint8Array): MembersChange {
  const { joined, left, roles, name, picture } = parsed(MembersChangedSchema, bytes);
  return {
    joined: joined.map(plainMember),
    left: left.map(idOf),
    roles: roles.map(plainMember),
    name,
    picture: pictureOf(picture),
  };
}

/** The name of a picture: its SHA-256 in base32; undefined for none. */
function pictureOf(bytes: Uint8Array): string | undefined {
  return bytes.length === 0 ? undefined : base32(bytes);
}

export function readConversationChange(bytes: Uint8Array): ConversationChange {
  const { name, picture, hasName, hasPicture } = parsed(ConversationChangedSchema, bytes);
  return { ...(hasName ? { name } : {}), ...(hasPicture ? { picture: pictureOf(picture) ?? null } : {}) };
}

export function readSettings(bytes: Uint8Array): SettingsChange {
  const { conversation, version, json } = parsed(SettingsSchema, bytes);
  const value = jsonObject(json);
  return { conversation: conversation.length === 0 ? undefined : idOf(conversation), version: Number(version), value };
}

function jsonObject(json: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Malformed("settings are no JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Malformed("settings are no object");
  return value as Readonly<Record<string, unknown>>;
}

export function readProfileChanged(bytes: Uint8Array): { readonly account: Id; readonly version: number } {
  const { account, version } = parsed(ProfileChangedSchema, bytes);
  return { account: idOf(account), version: Number(version) };
}

/** What `presence/{account}` says; empty bytes say that nothing is known. */
export function readPresence(bytes: Uint8Array): { readonly online: boolean; readonly lastSeen: number | undefined } {
  const { online, lastSeen } = parsed(PresenceSchema, bytes);
  return { online, lastSeen: lastSeen === 0n ? undefined : Number(lastSeen) };
}

export function readAdded(bytes: Uint8Array): AddedTo {
  const { conversation, joinSeq, kind, open, name, picture, with: other } = parsed(AddedSchema, bytes);
  return {
    conversation: idOf(conversation),
    joinSeq: Number(joinSeq),
    kind: kind === ConversationKind.CONVERSATION_DIRECT ? "direct" : "group",
    open,
    name,
    picture: pictureOf(picture),
    with: other.length === 0 ? undefined : idOf(other),
  };
}

export function readRemoved(bytes: Uint8Array): { readonly conversation: Id } {
  return { conversation: idOf(parsed(RemovedSchema, bytes).conversation) };
}

export function readDevice(bytes: Uint8Array): { readonly device: Id; readonly name: string } {
  const { device, name } = parsed(DeviceSchema, bytes);
  return { device: idOf(device), name };
}
