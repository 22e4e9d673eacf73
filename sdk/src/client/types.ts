import type { Id } from "../base/id.ts";
import type { RecordContent } from "../codec/record_content.ts";
import type { MemberRole } from "../codec/wire.ts";
import type { DeviceInfo, LinkClaimed, MemberInfo, Profile } from "../http/shapes.ts";

/** How it stands between this device and its server. */
export type ConnectionState =
  /** The store is being opened. */
  | { readonly state: "opening" }
  /** Nobody is signed in on this device. */
  | { readonly state: "signed_out" }
  /** There is no connection; the next try is at `retryAt` (milliseconds since 1970), if one is planned. */
  | { readonly state: "offline"; readonly retryAt: number | undefined }
  | { readonly state: "connecting" }
  /** Connected; what was missed is on its way. */
  | { readonly state: "catching_up" }
  | { readonly state: "online" }
  /**
   * It does not go on by itself. `credentials`: this device was logged out. `taken_over`: it is connected from elsewhere.
   * `store`: what comes cannot be kept.
   */
  | { readonly state: "refused"; readonly reason: "credentials" | "taken_over" | "store" };

/** How far a message of one's own has come; `incoming` for all others. */
export type MessageState =
  | { readonly state: "incoming" }
  /** On this device, and not on the server's disk yet. */
  | { readonly state: "sending" }
  /** On the server's disk. */
  | { readonly state: "sent" }
  /** All other members have it. */
  | { readonly state: "delivered" }
  /** All other members have read it. */
  | { readonly state: "read" }
  /** Refused for good; docs/protocol.md has the reasons. */
  | { readonly state: "failed"; readonly reason: string };

/** A message, or something that the server tells of a conversation. */
export interface Message {
  /** The same through all states of a message; unique in its conversation. */
  readonly key: string;
  readonly conversation: Id;
  readonly account: Id;
  /** Whether this account sent it, from whichever device. */
  readonly mine: boolean;
  /** Its place in the conversation; undefined until the server has accepted it. */
  readonly seq: number | undefined;
  /** Milliseconds since 1970: the server's clock once it is accepted, this device's before. */
  readonly ts: number;
  readonly content: RecordContent;
  readonly state: MessageState;
}

/** A message that came from somebody else. */
export interface IncomingMessage extends Message {
  readonly seq: number;
}

/** The part of a conversation that is in memory, oldest first: what waits to be sent stands at the end. */
export interface MessageWindow {
  readonly messages: readonly Message[];
  /** Whether there are older ones: on this device, or on the server. */
  readonly hasOlder: boolean;
  /** Whether there are newer ones that this window has let go of. */
  readonly hasNewer: boolean;
  /** Whether older ones are being read. */
  readonly loading: boolean;
}

/** A conversation as a list shows it. */
export interface ConversationSummary {
  readonly id: Id;
  readonly kind: "direct" | "group";
  /** Whether its text is plain, for stock MQTT clients. */
  readonly open: boolean;
  /** Of a group; a direct conversation is called after `with`. */
  readonly name: string;
  /** The hash of a group's picture. */
  readonly picture: string | undefined;
  /** Of a direct conversation: the other account, once it is known. */
  readonly with: Id | undefined;
  readonly role: MemberRole;
  readonly memberCount: number;
  /** Whether this account is no member any more: it can be read, and nothing can be sent. */
  readonly left: boolean;
  /** Messages of others that have not been read. */
  readonly unread: number;
  /** The seq up to which this account has read, on any device. */
  readonly read: number;
  /** The newest message, with a long text cut. */
  readonly last: Message | undefined;
  /** What was written and not sent. */
  readonly draft: string;
  /** Who is writing right now. */
  readonly typing: readonly Id[];
  /** The latest time at which something happened in it, in milliseconds since 1970. */
  readonly activity: number;
  readonly settings: Settings;
}

/** An object of the app's own, at most 4 KiB as JSON, the same on all devices. */
export type Settings = Readonly<Record<string, unknown>>;

/** Who is signed in. */
export interface OwnAccount {
  readonly account: Id;
  readonly handle: string;
  readonly device: Id;
  readonly settings: Settings;
}

/**
 * Whether an account is online, and when it last was (milliseconds since 1970, to the minute), if that is known. A multiple of 86,400,000 is a
 * day (UTC) whose time is not.
 */
export interface Presence {
  readonly online: boolean;
  readonly lastSeen: number | undefined;
}

/** How it stands with linking this device to an account. */
export type LinkingState =
  | { readonly state: "none" }
  /** `code` is shown, as text or in a QR code, until `expires` (milliseconds since 1970). */
  | { readonly state: "waiting" | "seen"; readonly code: string; readonly expires: number }
  | { readonly state: "refused" | "expired" | "linked" }
  /** It cannot be had now; `reason` is a problem's. */
  | { readonly state: "failed"; readonly reason: string };

/** What a device shows its server to be let in. */
export interface Credentials {
  readonly account: Id;
  readonly handle: string;
  readonly device: Id;
  /** 52 characters. Whoever has it is this device. */
  readonly token: string;
}

/** A change of a group: of its members and their roles, or of name and picture. Both at once are refused as `bad-field`. */
export interface GroupChange {
  readonly add?: readonly Id[];
  readonly remove?: readonly Id[];
  readonly roles?: Readonly<Record<Id, MemberRole>>;
  readonly name?: string;
  /** The hash of a picture that was put, or null for none. */
  readonly picture?: string | null;
}

export type { DeviceInfo, LinkClaimed, MemberInfo, Profile };
