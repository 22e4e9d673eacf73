import type { Id } from "../base/id.ts";
import { readRecords } from "../codec/wire.ts";
import type { StreamRecord } from "../codec/wire.ts";
import { Problem } from "./problem.ts";
import { jsonOf } from "./request.ts";
import type { Requests } from "./request.ts";
import type {
  ConversationChange,
  DeviceInfo,
  Invite,
  LinkAsked,
  LinkClaimed,
  LinkProgress,
  MemberInfo,
  NewAccount,
  NewConversation,
  OwnProfile,
  Profile,
  ServerInfo,
  State,
} from "./shapes.ts";

/** What is asked of anybody: no token is needed. Every promise here may be rejected with a {@link Problem}. */
export interface OpenApi {
  server(): Promise<ServerInfo>;
  /** Rejects with `invite-unknown`, `invite-expired` or `invite-used`. */
  invite(code: string): Promise<Invite>;
  /** The handle as it would be, and whether it can be had. Rejects with `bad-handle` for one that nobody can have. */
  handle(handle: string, invite?: string): Promise<{ readonly handle: string; readonly free: boolean }>;
  /** May be repeated: the same ids and token give the same account. Rejects with `handle-taken`, `invite-…`, … */
  signUp(account: NewAccount): Promise<{ readonly account: Id; readonly handle: string; readonly device: Id }>;
  /** A new device asks to be linked, and gets a code to show. */
  askLink(device: { readonly device: Id; readonly device_name: string; readonly token: string }): Promise<LinkAsked>;
  /**
   * Answers once the link stands otherwise than `known`, or after `wait` (≤ 25) seconds. The token is that of the device
   * that asked. One that is gone (404) may have been confirmed: the device tries its token.
   */
  linkProgress(link: Id, known: "waiting" | "seen", wait: number, signal: AbortSignal): Promise<LinkProgress>;
}

/** What is asked by one of an account's devices. Every promise here may be rejected with a {@link Problem}. */
export interface AccountApi {
  state(): Promise<State>;
  /** Records from `from` on, at most `limit` (≤ 1,000) of them and some 4 MiB. */
  records(conversation: Id, from: number, limit: number): Promise<RecordsAnswer>;
  members(conversation: Id): Promise<readonly MemberInfo[]>;
  addConversation(conversation: NewConversation): Promise<Id>;
  /** Resolves with the seq of the record that says so. */
  changeConversation(conversation: Id, change: ConversationChange): Promise<number>;

  account(): Promise<OwnProfile>;
  changeAccount(change: { readonly name?: string; readonly about?: string }): Promise<OwnProfile>;
  /** JPEG, PNG or WebP, at most 256 KiB and 1024 × 1024; resolves with its hash. */
  putPicture(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
  deletePicture(): Promise<void>;
  /** Like {@link AccountApi.putPicture}, for a group that is made or changed with its hash. */
  putGroupPicture(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
  picture(hash: string): Promise<Blob>;

  /** By id, or by a handle with `@` before it. Rejects with `unknown-account`. */
  profile(who: string): Promise<Profile>;
  /** At most 100 at a time; those that are not there are left out. */
  profiles(accounts: readonly Id[]): Promise<readonly Profile[]>;
  directory(query: string, limit: number): Promise<readonly Profile[]>;

  devices(): Promise<readonly DeviceInfo[]>;
  renameDevice(device: Id, name: string): Promise<void>;
  /** Its token is worthless once this has resolved. */
  revokeDevice(device: Id): Promise<void>;
  /** Who wants to be linked with this code. Rejects with `code-unknown`. */
  claimLink(code: string): Promise<LinkClaimed>;
  confirmLink(link: Id): Promise<void>;
  refuseLink(link: Id): Promise<void>;

  /** Replaces the settings of the account, or of a conversation; at most 4 KiB of JSON. Resolves with their version. */
  putSettings(settings: Readonly<Record<string, unknown>>, conversation?: Id): Promise<number>;
}

/** The answer of a range read. */
export interface RecordsAnswer {
  readonly records: readonly StreamRecord[];
  readonly head: number;
}

const path = encodeURIComponent;

/** The open part of /v1. `requests` bear the token of a device that asks for a link, or none. */
export function openApi(requests: Requests): OpenApi {
  return {
    server: () => jsonOf(requests.send("/v1/server")),
    invite: (code) => jsonOf(requests.send(`/v1/invites/${path(code)}`)),
    handle: (handle, invite) => {
      const query = invite === undefined ? "" : `?invite=${path(invite)}`;
      return jsonOf(requests.send(`/v1/handles/${path(handle)}${query}`));
    },
    signUp: (account) => jsonOf(requests.send("/v1/accounts", { method: "POST", json: account })),
    askLink: (device) => jsonOf(requests.send("/v1/links", { method: "POST", json: device })),
    linkProgress: (link, known, wait, signal) =>
      jsonOf(
        requests.send(`/v1/links/${path(link)}?wait=${wait}&state=${known}`, { timeout: (wait + 20) * 1000, signal }),
      ),
  };
}

/** The part of /v1 for an account's devices. `requests` bear the device's token. */
export function accountApi(requests: Requests): AccountApi {
  const post = (where: string, json: unknown): Promise<Response> => requests.send(where, { method: "POST", json });
  return {
    state: () => jsonOf(requests.send("/v1/state")),
    records: (conversation, from, limit) => records(requests, conversation, from, limit),
    members: async (conversation) =>
      (await field(
        requests.send(`/v1/conversations/${path(conversation)}/members`),
        "members",
      )) as readonly MemberInfo[],
    addConversation: async (conversation) =>
      (await field(post("/v1/conversations", conversation), "conversation")) as Id,
    changeConversation: async (conversation, change) =>
      (await field(post(`/v1/conversations/${path(conversation)}/changes`, change), "seq")) as number,

    account: () => jsonOf(requests.send("/v1/account")),
    changeAccount: (change) => jsonOf(requests.send("/v1/account", { method: "PATCH", json: change })),
    putPicture: (bytes) => putPicture(requests, "/v1/account/picture", bytes),
    deletePicture: () => done(requests.send("/v1/account/picture", { method: "DELETE" })),
    putGroupPicture: (bytes) => putPicture(requests, "/v1/pictures", bytes),
    picture: async (hash) => (await requests.send(`/v1/pictures/${path(hash)}`, { accept: "image/*" })).blob(),

    profile: (who) => jsonOf(requests.send(`/v1/accounts/${path(who)}`)),
    profiles: async (accounts) =>
      (await field(post("/v1/accounts/lookup", { accounts }), "profiles")) as readonly Profile[],
    directory: async (query, limit) =>
      (await field(requests.send(`/v1/directory?q=${path(query)}&limit=${limit}`), "profiles")) as readonly Profile[],

    devices: async () => (await field(requests.send("/v1/devices"), "devices")) as readonly DeviceInfo[],
    renameDevice: (device, name) =>
      done(requests.send(`/v1/devices/${path(device)}`, { method: "PATCH", json: { name } })),
    revokeDevice: (device) => done(requests.send(`/v1/devices/${path(device)}`, { method: "DELETE" })),
    claimLink: (code) => jsonOf(post("/v1/links/claim", { code })),
    confirmLink: (link) => done(requests.send(`/v1/links/${path(link)}/confirm`, { method: "POST" })),
    refuseLink: (link) => done(requests.send(`/v1/links/${path(link)}/refuse`, { method: "POST" })),

    putSettings: async (settings, conversation) => {
      const where = conversation === undefined ? "/v1/settings" : `/v1/conversations/${path(conversation)}/settings`;
      return (await field(requests.send(where, { method: "PUT", json: settings }), "version")) as number;
    },
  };
}

async function done(answer: Promise<Response>): Promise<void> {
  await answer;
}

/** One field of a JSON object. */
async function field(answer: Promise<Response>, name: string): Promise<unknown> {
  const found = await jsonOf<Readonly<Record<string, unknown>>>(answer);
  if (!(name in found)) throw new Problem("unexpected", `the answer has no ${name}`, 200);
  return found[name];
}

async function records(requests: Requests, conversation: Id, from: number, limit: number): Promise<RecordsAnswer> {
  const where = `/v1/conversations/${path(conversation)}/records?from=${from}&limit=${limit}`;
  const answer = await requests.send(where, { accept: "application/x-protobuf" });
  try {
    return readRecords(new Uint8Array(await answer.arrayBuffer()));
  } catch {
    throw new Problem("unexpected", "the answer is no Records, or was cut", answer.status);
  }
}

async function putPicture(requests: Requests, where: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return (await field(requests.send(where, { method: "PUT", bytes, type: imageType(bytes) }), "picture")) as string;
}

/** The media type of a picture, as its first bytes tell. The server looks for itself. */
function imageType(bytes: Uint8Array): string {
  if (bytes[0] === 0xff) return "image/jpeg";
  return bytes[0] === 0x89 ? "image/png" : "image/webp";
}
