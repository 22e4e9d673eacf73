import type { Random, Stop } from "../base/clock.ts";
import { systemClock, systemRandom } from "../base/clock.ts";
import type { Id } from "../base/id.ts";
import { signalOf } from "../base/signal.ts";
import type { Signal } from "../base/signal.ts";
import type { Invite, OwnProfile, ServerInfo } from "../http/shapes.ts";
import { createConversation, forget } from "./conversation.ts";
import type { Conversation } from "./conversation.ts";
import { createCore } from "./core.ts";
import type { CoreOptions } from "./core.ts";
import { initialValue } from "./host.ts";
import type { Host, NewGroup, SignUp, Topic, ValueOf } from "./host.ts";
import type {
  ConnectionState,
  ConversationSummary,
  Credentials,
  DeviceInfo,
  IncomingMessage,
  LinkClaimed,
  LinkingState,
  OwnAccount,
  Presence,
  Profile,
  Settings,
} from "./types.ts";

/**
 * A person's end of Dunlin on this device: what an app stands on. Signals give what is known at once, from the store;
 * promises may be rejected with a {@link Problem}, whose `reason` says why.
 */
export interface Client {
  readonly connection: Signal<ConnectionState>;
  /** Who is signed in on this device; when it is there, {@link Client.conversations} has what the store has. */
  readonly account: Signal<OwnAccount | undefined>;
  /** All conversations, the latest first. */
  readonly conversations: Signal<readonly ConversationSummary[]>;
  /** One conversation, with a window of its own. */
  conversation(id: Id): Conversation;
  /**
   * Calls `listener` with each message of others that this account has not read: those that came while this program did
   * not run, and those that come, each conversation's in order and without a gap. {@link Conversation.markRead} says what
   * has been dealt with; what has not comes again when the program starts again.
   */
  onMessage(listener: (message: IncomingMessage) => void): Stop;

  /** What a server says of itself, to anybody. */
  server(): Promise<ServerInfo>;
  /** What an invite is worth. Rejects with `invite-unknown`, `invite-expired`, `invite-used`. */
  invite(code: string): Promise<Invite>;
  /** Whether a handle can be had, and how it is written. Rejects with `bad-handle`. */
  handle(handle: string, invite?: string): Promise<{ readonly handle: string; readonly free: boolean }>;
  /** Makes an account; once it has resolved, this device is signed in. Rejects with `handle-taken`, `invite-…`, … */
  signUp(wish: SignUp): Promise<void>;
  /** Takes over credentials that were made elsewhere. */
  signIn(credentials: Credentials): Promise<void>;
  /** Revokes this device, and empties its store. */
  signOut(): Promise<void>;
  /** Asks another device of the account to let this one in. */
  readonly linking: Linking;

  /** The conversation with an account, made if there is none. Rejects with `unknown-account`. */
  startDirect(account: Id): Promise<Id>;
  createGroup(group: NewGroup): Promise<Id>;
  readonly profiles: ProfileDirectory;
  /** Whether an account is online, for as long as somebody subscribes; the same signal for the same account. */
  presence(account: Id): Signal<Presence>;
  readonly profile: OwnProfileCalls;
  readonly devices: Devices;
  /** Replaces the account's settings, on all its devices. */
  setSettings(settings: Settings): Promise<void>;
  /** A picture by its hash. */
  picture(hash: string): Promise<Blob>;
  /** Puts a picture for a group; resolves with its hash. JPEG, PNG or WebP, at most 256 KiB, 1024 × 1024. */
  putGroupPicture(bytes: Uint8Array<ArrayBuffer>): Promise<string>;

  /** Whether a person looks at it: true for an app that is in front. Push, ringing and presence follow it. */
  setActive(active: boolean): void;
  /** The network has changed, or a person wants it now: connects at once, also after `taken_over`. */
  connect(): void;
  /** Ends it: what was asked for is done, and the store is closed. */
  close(): Promise<void>;
}

/** How this device gets into an account that it does not know the token of. */
export interface Linking {
  readonly state: Signal<LinkingState>;
  /** Asks for a code to show. */
  ask(deviceName: string): Promise<void>;
  cancel(): void;
}

/** Profiles of all accounts that this one may see. */
export interface ProfileDirectory {
  /** What is known of an account; read from the server when somebody subscribes. */
  get(account: Id): Signal<Profile | undefined>;
  /** Looks one up by its handle. Rejects with `unknown-account`. */
  byHandle(handle: string): Promise<Profile>;
  /** Those whose handle or name begins so, as far as the server's policy tells. At most `limit`. */
  search(query: string, limit?: number): Promise<readonly Profile[]>;
}

/** What others see of this account. */
export interface OwnProfileCalls {
  get(): Promise<OwnProfile>;
  change(change: { readonly name?: string; readonly about?: string }): Promise<OwnProfile>;
  /** JPEG, PNG or WebP, at most 256 KiB, 1024 × 1024; resolves with its hash. */
  putPicture(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
  deletePicture(): Promise<void>;
}

/** The account's devices. */
export interface Devices {
  /** Rises when {@link Devices.list} has something else to say. */
  readonly changes: Signal<number>;
  list(): Promise<readonly DeviceInfo[]>;
  rename(device: Id, name: string): Promise<void>;
  /** Logs a device out, at once. */
  revoke(device: Id): Promise<void>;
  /** Who asks to be linked with this code. Rejects with `code-unknown`. */
  claim(code: string): Promise<LinkClaimed>;
  /** Lets it in. */
  confirm(link: Id): Promise<void>;
  refuse(link: Id): Promise<void>;
}

/** How to open a client. */
export interface ClientOptions extends CoreOptions {
  /** Signs in with these, unless the store has an account already. */
  readonly credentials?: Credentials;
}

/** Opening clients. */
export const Client = {
  /**
   * Opens a client on a store, in this very program. It connects by itself and stays connected; where several tabs share a
   * store, `openInTabs` (tabs/) is to be used instead. Rejects if the store cannot be read.
   */
  open: async ({ credentials, ...options }: ClientOptions): Promise<Client> => {
    const core = createCore(options);
    const client = clientOf(core);
    await core.opened;
    if (credentials !== undefined && client.connection.get().state === "signed_out") await client.signIn(credentials);
    return client;
  },
};

/** A client of whoever has the connection and the store. */
export function clientOf(host: Host, random: Random = systemRandom): Client {
  const signal = <T extends Topic>(topic: T): Signal<ValueOf<T>> => watched(host, topic);
  const profiles = new Map<Id, Signal<Profile | undefined>>();
  const presences = new Map<Id, Signal<Presence>>();
  return {
    connection: kept(host, { of: "connection" }),
    // In this order: once it is known who is signed in, all that the store has is in the list.
    conversations: kept(host, { of: "conversations" }),
    account: kept(host, { of: "account" }),
    conversation: (id) =>
      createConversation(host, id, random, (window) => later(signal({ of: "window", conversation: id, window }))),
    onMessage: (listener) =>
      host.watch({ of: "incoming" }, (message) => {
        if (message !== undefined) listener(message);
      }),
    server: () => host.call("server"),
    invite: (code) => host.call("invite", code),
    handle: (handle, invite) => host.call("handle", handle, invite),
    signUp: (wish) => host.call("signUp", wish),
    signIn: (credentials) => host.call("signIn", credentials),
    signOut: () => host.call("signOut"),
    linking: {
      state: signal({ of: "linking" }),
      ask: (deviceName) => host.call("askLink", deviceName),
      cancel: () => {
        forget(host.call("cancelLink"));
      },
    },
    startDirect: (account) => host.call("startDirect", account),
    createGroup: (group) => host.call("createGroup", group),
    profiles: {
      get: (account) => {
        const known = profiles.get(account) ?? signal({ of: "profile", account });
        profiles.set(account, known);
        return known;
      },
      byHandle: (handle) => host.call("profile", `@${handle}`),
      search: (query, limit = 20) => host.call("directory", query, limit),
    },
    presence: (account) => {
      const known = presences.get(account) ?? signal({ of: "presence", account });
      presences.set(account, known);
      return known;
    },
    profile: {
      get: () => host.call("ownProfile"),
      change: (change) => host.call("changeProfile", change),
      putPicture: (bytes) => host.call("putPicture", bytes),
      deletePicture: () => host.call("deletePicture"),
    },
    devices: {
      changes: signal({ of: "devices" }),
      list: () => host.call("devices"),
      rename: (device, name) => host.call("renameDevice", device, name),
      revoke: (device) => host.call("revokeDevice", device),
      claim: (code) => host.call("claimLink", code),
      confirm: (link) => host.call("confirmLink", link),
      refuse: (link) => host.call("refuseLink", link),
    },
    setSettings: (settings) => host.call("settings", settings),
    picture: (hash) => host.call("picture", hash),
    putGroupPicture: (bytes) => host.call("putGroupPicture", bytes),
    setActive: (active) => {
      forget(host.call("setActive", active));
    },
    connect: () => {
      forget(host.call("connect"));
    },
    close: () => host.close(),
  };
}

/** A signal that follows its topic while somebody subscribes; between times it keeps what it had. */
function watched<T extends Topic>(host: Host, topic: T): Signal<ValueOf<T>> {
  let stop: Stop | undefined;
  const source = signalOf<ValueOf<T>>(initialValue(topic), (yes) => {
    if (yes) stop = host.watch(topic, source.set);
    else stop?.();
  });
  return source.signal;
}

/**
 * The same value, whose listeners are told in a task of their own: hundreds of messages that come from another thread are long
 * enough to read, without what is then made of them.
 */
function later<T>(signal: Signal<T>): Signal<T> {
  return {
    get: () => signal.get(),
    subscribe: (listener) => {
      let waiting: Stop | undefined;
      const stop = signal.subscribe(() => {
        waiting ??= systemClock.after(0, () => {
          waiting = undefined;
          listener();
        });
      });
      return () => {
        waiting?.();
        stop();
      };
    },
  };
}

/** A signal that follows its topic from the beginning, so that it can be asked without subscribing. */
function kept<T extends Topic>(host: Host, topic: T): Signal<ValueOf<T>> {
  const source = signalOf<ValueOf<T>>(initialValue(topic));
  host.watch(topic, source.set);
  return source.signal;
}
