import type { Stop } from "../base/clock.ts";
import type { Id } from "../base/id.ts";
import type { Content } from "../codec/content.ts";
import type { DeviceInfo, Invite, LinkClaimed, MemberInfo, OwnProfile, Profile, ServerInfo } from "../http/shapes.ts";
import type {
  ConnectionState,
  ConversationSummary,
  Credentials,
  GroupChange,
  IncomingMessage,
  LinkingState,
  MessageWindow,
  OwnAccount,
  Presence,
  Settings,
} from "./types.ts";

/**
 * What can be asked of the one who has the connection and the store, whether that is in this tab, another tab or a worker.
 * All arguments and answers can be cloned. Rejections carry the reason of a {@link Problem} in `message`.
 */
export interface Calls {
  server(): Promise<ServerInfo>;
  invite(code: string): Promise<Invite>;
  handle(handle: string, invite?: string): Promise<{ readonly handle: string; readonly free: boolean }>;
  signUp(wish: SignUp): Promise<void>;
  signIn(credentials: Credentials): Promise<void>;
  signOut(): Promise<void>;
  askLink(deviceName: string): Promise<void>;
  cancelLink(): Promise<void>;

  /** Resolves with the message id once the message is in the store. `key` is made by who asks: the same sends once. */
  send(conversation: Id, content: Content, key: string): Promise<Id>;
  retry(conversation: Id, message: Id): Promise<void>;
  discard(conversation: Id, message: Id): Promise<void>;
  markRead(conversation: Id, seq: number): Promise<void>;
  typing(conversation: Id, stopped: boolean): Promise<void>;
  draft(conversation: Id, text: string): Promise<void>;
  older(window: string): Promise<void>;
  newer(window: string): Promise<void>;
  latest(window: string): Promise<void>;
  follow(window: string, following: boolean): Promise<void>;

  startDirect(account: Id): Promise<Id>;
  createGroup(group: NewGroup): Promise<Id>;
  changeGroup(conversation: Id, change: GroupChange): Promise<void>;
  leave(conversation: Id): Promise<void>;
  members(conversation: Id): Promise<readonly MemberInfo[]>;
  conversationSettings(conversation: Id, settings: Settings): Promise<void>;
  settings(settings: Settings): Promise<void>;

  profile(who: string): Promise<Profile>;
  directory(query: string, limit: number): Promise<readonly Profile[]>;
  ownProfile(): Promise<OwnProfile>;
  changeProfile(change: { readonly name?: string; readonly about?: string }): Promise<OwnProfile>;
  putPicture(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
  deletePicture(): Promise<void>;
  putGroupPicture(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
  picture(hash: string): Promise<Blob>;

  devices(): Promise<readonly DeviceInfo[]>;
  renameDevice(device: Id, name: string): Promise<void>;
  revokeDevice(device: Id): Promise<void>;
  claimLink(code: string): Promise<LinkClaimed>;
  confirmLink(link: Id): Promise<void>;
  refuseLink(link: Id): Promise<void>;

  setActive(active: boolean): Promise<void>;
  connect(): Promise<void>;
}

/** What signing up needs. */
export interface SignUp {
  readonly invite?: string;
  readonly handle: string;
  readonly name: string;
  readonly about?: string;
  readonly deviceName: string;
}

/** What a group begins with. */
export interface NewGroup {
  readonly name: string;
  readonly members: readonly Id[];
  /** The hash of a picture that was put. */
  readonly picture?: string;
}

/** What can be watched, and what each gives. */
export interface Topics {
  readonly connection: { readonly topic: { readonly of: "connection" }; readonly value: ConnectionState };
  readonly account: { readonly topic: { readonly of: "account" }; readonly value: OwnAccount | undefined };
  readonly linking: { readonly topic: { readonly of: "linking" }; readonly value: LinkingState };
  readonly conversations: {
    readonly topic: { readonly of: "conversations" };
    readonly value: readonly ConversationSummary[];
  };
  /** `window` is made by who watches: each has its own. */
  readonly window: {
    readonly topic: { readonly of: "window"; readonly conversation: Id; readonly window: string };
    readonly value: MessageWindow;
  };
  readonly profile: {
    readonly topic: { readonly of: "profile"; readonly account: Id };
    readonly value: Profile | undefined;
  };
  readonly presence: { readonly topic: { readonly of: "presence"; readonly account: Id }; readonly value: Presence };
  /** Gives each message of others that was not read yet; undefined at first. */
  readonly incoming: { readonly topic: { readonly of: "incoming" }; readonly value: IncomingMessage | undefined };
  /** Counts changes of what {@link Calls.devices} answers. */
  readonly devices: { readonly topic: { readonly of: "devices" }; readonly value: number };
}

export type Topic = Topics[keyof Topics]["topic"];
export type ValueOf<T extends Topic> = Topics[T["of"]]["value"];

/** The one who has the connection and the store. */
export interface Host {
  /** Asks for something to be done. */
  call<Name extends keyof Calls>(name: Name, ...args: Parameters<Calls[Name]>): ReturnType<Calls[Name]>;
  /** Calls `listener` with the value, now or soon, and after each change, until the returned function is called. */
  watch<T extends Topic>(topic: T, listener: (value: ValueOf<T>) => void): Stop;
  /** Lets go of it; what it has under way ends with it where nobody else uses it. */
  close(): Promise<void>;
}

/** What a topic gives before anything is known. */
export function initialValue<T extends Topic>(topic: T): ValueOf<T> {
  const values: { readonly [Of in keyof Topics]: Topics[Of]["value"] } = {
    connection: { state: "opening" },
    account: undefined,
    linking: { state: "none" },
    conversations: [],
    window: { messages: [], hasOlder: false, hasNewer: false, loading: true },
    profile: undefined,
    presence: { online: false, lastSeen: undefined },
    incoming: undefined,
    devices: 0,
  };
  return values[topic.of];
}
