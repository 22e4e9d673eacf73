import type { Signal } from "../base/signal.ts";

/**
 * What the app needs of the SDK: the public interface of `@dunlin/sdk`, as far as it is used here. The SDK's client fits
 * without an adapter; the fake in `fake/` does, too.
 */

export type Id = string;
export type Role = "member" | "admin" | "owner";

export type ConnectionState =
  | { readonly state: "opening" }
  | { readonly state: "signed_out" }
  | { readonly state: "offline"; readonly retryAt: number | undefined }
  | { readonly state: "connecting" }
  | { readonly state: "catching_up" }
  | { readonly state: "online" }
  | { readonly state: "refused"; readonly reason: "credentials" | "taken_over" | "store" };

export type MessageState =
  | { readonly state: "incoming" | "sending" | "sent" | "delivered" | "read" }
  | { readonly state: "failed"; readonly reason: string };

export interface Member {
  readonly account: Id;
  readonly role: Role;
}

/** What a record says. A kind that is not listed comes from a newer server or client, and is shown as such. */
export type RecordContent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "unsupported" }
  | { readonly type: "created"; readonly name: string; readonly members: readonly Member[] }
  | {
      readonly type: "members";
      readonly joined: readonly Member[];
      readonly left: readonly Id[];
      readonly roles: readonly Member[];
    }
  | { readonly type: "changed"; readonly name?: string; readonly picture?: string | null };

export interface Message {
  /** The same through all states of a message; unique in its conversation. */
  readonly key: string;
  readonly conversation: Id;
  readonly account: Id;
  readonly mine: boolean;
  /** Its place; undefined until the server has accepted it. */
  readonly seq: number | undefined;
  readonly ts: number;
  readonly content: RecordContent;
  readonly state: MessageState;
}

/** The part of a conversation that is in memory, from the oldest: what waits to be sent stands at the end. */
export interface MessageWindow {
  readonly messages: readonly Message[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
  readonly loading: boolean;
}

export type Settings = Readonly<Record<string, unknown>>;

export interface ConversationSummary {
  readonly id: Id;
  readonly kind: "direct" | "group";
  readonly open: boolean;
  readonly name: string;
  /** The hash of a group's picture. */
  readonly picture: string | undefined;
  /** Of a direct conversation: the other account, once it is known. */
  readonly with: Id | undefined;
  readonly role: Role;
  readonly memberCount: number;
  readonly left: boolean;
  readonly unread: number;
  /** The seq up to which this account has read. */
  readonly read: number;
  readonly last: Message | undefined;
  readonly draft: string;
  readonly typing: readonly Id[];
  readonly activity: number;
  readonly settings: Settings;
}

export interface Profile {
  readonly account: Id;
  readonly handle: string;
  readonly name: string;
  readonly about: string;
  /** The hash of the picture. */
  readonly picture: string | null;
  readonly version: number;
}

export interface OwnProfile extends Profile {
  readonly created: number;
}

export interface OwnAccount {
  readonly account: Id;
  readonly handle: string;
  readonly device: Id;
  readonly settings: Settings;
}

export interface Presence {
  readonly online: boolean;
  readonly lastSeen: number | undefined;
}

export interface MemberInfo extends Member {
  readonly join_seq: number;
}

export interface DeviceInfo {
  readonly device: Id;
  readonly name: string;
  readonly created: number;
  readonly last_seen: number;
  readonly current: boolean;
}

export interface GroupChange {
  readonly add?: readonly Id[];
  readonly remove?: readonly Id[];
  readonly roles?: Readonly<Record<Id, Role>>;
  readonly name?: string;
  readonly picture?: string | null;
}

export type LinkingState =
  | { readonly state: "none" }
  | { readonly state: "waiting" | "seen"; readonly code: string; readonly expires: number }
  | { readonly state: "refused" | "expired" | "linked" }
  | { readonly state: "failed"; readonly reason: string };

export interface ServerInfo {
  readonly name: string;
  readonly signup: "invite" | "open" | "closed";
  readonly accounts: number;
  /** When its first account was made. */
  readonly since?: number;
  readonly version: string;
  readonly data_id: string;
  readonly directory: "members" | "exact";
}

export interface Invite {
  readonly from?: { readonly handle: string; readonly name: string };
  readonly expires?: number;
}

export interface SignUpWish {
  readonly invite?: string;
  readonly handle: string;
  readonly name: string;
  readonly about?: string;
  readonly deviceName: string;
}

export interface NewGroupWish {
  readonly name: string;
  readonly members: readonly Id[];
  readonly picture?: string;
}

export interface LinkClaimed {
  readonly link: Id;
  readonly device_name: string;
  readonly created: number;
}

export interface Conversation {
  readonly id: Id;
  readonly messages: Signal<MessageWindow>;
  loadOlder(): Promise<void>;
  loadNewer(): Promise<void>;
  showLatest(): Promise<void>;
  setFollowing(following: boolean): void;
  send(content: { readonly type: "text"; readonly text: string }): Promise<Id>;
  retry(message: Id): Promise<void>;
  discard(message: Id): Promise<void>;
  markRead(seq: number): void;
  typing(stopped?: boolean): void;
  setDraft(text: string): void;
  members(): Promise<readonly MemberInfo[]>;
  change(change: GroupChange): Promise<void>;
  leave(): Promise<void>;
  setSettings(settings: Settings): Promise<void>;
}

export interface Client {
  readonly connection: Signal<ConnectionState>;
  readonly account: Signal<OwnAccount | undefined>;
  readonly conversations: Signal<readonly ConversationSummary[]>;
  conversation(id: Id): Conversation;
  onMessage(listener: (message: Message) => void): () => void;

  server(): Promise<ServerInfo>;
  invite(code: string): Promise<Invite>;
  handle(handle: string, invite?: string): Promise<{ readonly handle: string; readonly free: boolean }>;
  signUp(wish: SignUpWish): Promise<void>;
  signOut(): Promise<void>;
  readonly linking: {
    readonly state: Signal<LinkingState>;
    ask(deviceName: string): Promise<void>;
    cancel(): void;
  };

  startDirect(account: Id): Promise<Id>;
  createGroup(group: NewGroupWish): Promise<Id>;
  readonly profiles: {
    get(account: Id): Signal<Profile | undefined>;
    search(query: string, limit?: number): Promise<readonly Profile[]>;
  };
  presence(account: Id): Signal<Presence>;
  readonly profile: {
    get(): Promise<OwnProfile>;
    change(change: { readonly name?: string; readonly about?: string }): Promise<OwnProfile>;
    putPicture(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
    deletePicture(): Promise<void>;
  };
  readonly devices: {
    readonly changes: Signal<number>;
    list(): Promise<readonly DeviceInfo[]>;
    rename(device: Id, name: string): Promise<void>;
    revoke(device: Id): Promise<void>;
    claim(code: string): Promise<LinkClaimed>;
    confirm(link: Id): Promise<void>;
    refuse(link: Id): Promise<void>;
  };
  picture(hash: string): Promise<Blob>;
  putGroupPicture(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
  setActive(active: boolean): void;
  connect(): void;
}

/** Why something asked of the client was not done: the last word of a problem's type, or `offline`. */
export function reasonOf(error: unknown): string {
  if (typeof error === "object" && error !== null && "reason" in error && typeof error.reason === "string") {
    return error.reason;
  }
  return "unexpected";
}
