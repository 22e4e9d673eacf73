import type { Id } from "../base/id.ts";
import type { MemberRole } from "../codec/wire.ts";

/** The JSON of /v1, as docs/openapi.yaml has it. Times are milliseconds since 1970 UTC. */

export interface ServerInfo {
  readonly name: string;
  readonly signup: "invite" | "open" | "closed";
  readonly accounts: number;
  readonly since?: number;
  readonly version: string;
  readonly data_id: string;
  readonly directory: "members" | "exact";
}

export interface Invite {
  readonly from?: { readonly handle: string; readonly name: string };
  readonly expires?: number;
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

export interface NewAccount {
  readonly invite?: string;
  readonly account: Id;
  readonly handle: string;
  readonly name: string;
  readonly about?: string;
  readonly device: Id;
  readonly device_name: string;
  readonly token: string;
}

export interface LinkAsked {
  readonly link: Id;
  readonly code: string;
  readonly expires: number;
}

export type LinkProgress =
  | { readonly state: "waiting" | "seen" | "refused" | "expired" }
  | { readonly state: "linked"; readonly account: Id; readonly handle: string };

export interface LinkClaimed {
  readonly link: Id;
  readonly device_name: string;
  readonly created: number;
}

export interface DeviceInfo {
  readonly device: Id;
  readonly name: string;
  readonly created: number;
  readonly last_seen: number;
  readonly current: boolean;
}

export interface MemberInfo {
  readonly account: Id;
  readonly role: MemberRole;
  readonly join_seq: number;
}

export type NewConversation =
  | { readonly id: Id; readonly kind: "direct"; readonly with: Id }
  | {
      readonly id: Id;
      readonly kind: "group";
      readonly conversation: Id;
      readonly name: string;
      readonly members: readonly Id[];
      readonly picture?: string;
    };

/** One change of a conversation: of members, or of name and picture. `id` is the same in every retry. */
export interface ConversationChange {
  readonly id: Id;
  readonly add?: readonly Id[];
  readonly remove?: readonly Id[];
  readonly roles?: Readonly<Record<Id, MemberRole>>;
  readonly name?: string;
  readonly picture?: string | null;
  readonly leave?: true;
}

/** A record as JSON: fields that are zero are left out, but for these. */
export interface JsonRecord {
  readonly seq: number;
  readonly ts: number;
  readonly account?: Id;
  readonly device?: Id;
  readonly id?: Id;
  readonly kind: number;
  /** Base64. In a state it is missing where it is large. */
  readonly body?: string;
}

export interface StateConversation {
  readonly id: Id;
  readonly kind: "direct" | "group";
  readonly open: boolean;
  readonly name: string;
  readonly join_seq: number;
  readonly head: number;
  readonly cursor: number;
  readonly read: number;
  readonly others_delivered: number;
  readonly others_read: number;
  readonly picture?: string | null;
  readonly role?: MemberRole;
  readonly member_count?: number;
  readonly with?: Id;
  /** The account is in it no longer, though `me` has not said so at the state's seq. */
  readonly left?: boolean;
  readonly last?: JsonRecord;
  readonly settings?: JsonSettings | null;
}

export interface JsonSettings {
  readonly version: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface State {
  readonly data_id: string;
  readonly account: Id;
  readonly device: Id;
  readonly at: number;
  readonly conversations: readonly StateConversation[];
  readonly profile?: OwnProfile;
  readonly settings?: JsonSettings | null;
}
