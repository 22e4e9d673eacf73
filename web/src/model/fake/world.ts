import type {
  ConnectionState,
  ConversationSummary,
  DeviceInfo,
  Id,
  LinkingState,
  MemberInfo,
  Message,
  MessageState,
  Presence,
  Profile,
  RecordContent,
  Role,
  ServerInfo,
  Settings,
} from "../ports.ts";

/** A conversation of the fake: all of its messages, and what a list says of it. */
export interface FakeConversation {
  readonly id: Id;
  readonly kind: "direct" | "group";
  readonly name?: string;
  readonly picture?: string;
  /** Without the reader. In a direct conversation that is one. */
  readonly others: readonly Profile[];
  readonly role?: Role;
  readonly roles?: Readonly<Record<Id, Role>>;
  readonly messages: readonly Message[];
  readonly read?: number;
  readonly draft?: string;
  readonly typing?: readonly Id[];
  readonly settings?: Settings;
  readonly left?: boolean;
  /** More members than are listed. */
  readonly memberCount?: number;
}

/** Everything that the fake client knows at its beginning. */
export interface World {
  readonly me: Profile;
  readonly people: readonly Profile[];
  readonly server: ServerInfo;
  readonly conversations: readonly FakeConversation[];
  readonly connection: ConnectionState;
  readonly presence: Readonly<Record<Id, Presence>>;
  readonly devices: readonly DeviceInfo[];
  readonly linking: LinkingState;
  /** What invitations are worth, by their code. */
  readonly invites: Readonly<
    Record<
      string,
      { readonly handle: string; readonly name: string } | "invite-unknown" | "invite-expired" | "invite-used"
    >
  >;
  /** Handles that are taken. */
  readonly taken: readonly string[];
}

/** Says something in a conversation that is being written down. */
export interface Script {
  readonly say: (from: Profile, time: number, text: string, state?: MessageState["state"], reason?: string) => void;
  readonly record: (from: Profile, time: number, content: RecordContent) => void;
  readonly messages: Message[];
}

/** Writes down what was said: places follow each other, and what is one's own has a state. */
export function scriptOf(conversation: Id, me: Profile): Script {
  const messages: Message[] = [];
  let seq = 0;
  const add = (from: Profile, ts: number, content: RecordContent, state: MessageState): void => {
    const placed = state.state !== "sending" && state.state !== "failed";
    if (placed) seq++;
    const key = `${conversation.slice(0, 6)}${messages.length}`;
    messages.push({
      key,
      conversation,
      account: from.account,
      mine: from.account === me.account,
      seq: placed ? seq : undefined,
      ts,
      content,
      state,
    });
  };
  return {
    messages,
    say: (from, time, text, state = "read", reason = "offline") => {
      const mine = from.account === me.account;
      const own: MessageState = state === "failed" ? { state, reason } : { state };
      add(from, time, { type: "text", text }, mine ? own : { state: "incoming" });
    },
    record: (from, time, content) => {
      add(from, time, content, { state: "incoming" });
    },
  };
}

export function membersOf(conversation: FakeConversation, me: Profile): MemberInfo[] {
  const roleOf = (account: Id): Role => conversation.roles?.[account] ?? "member";
  return [
    { account: me.account, role: conversation.role ?? "member", join_seq: 1 },
    ...conversation.others.map(({ account }) => ({ account, role: roleOf(account), join_seq: 1 })),
  ];
}

const isMessage = ({ type }: RecordContent): boolean => type === "text" || type === "unsupported";

export function summaryOf(conversation: FakeConversation): ConversationSummary {
  const { id, kind, others, messages, read } = conversation;
  // What was not sent comes first, as in the SDK.
  const last =
    messages.findLast(({ state }) => state.state === "failed") ??
    messages.findLast(({ content }) => isMessage(content));
  const top = messages.reduce((most, { seq }) => Math.max(most, seq ?? 0), 0);
  const through = read ?? top;
  return {
    id,
    kind,
    open: false,
    name: conversation.name ?? "",
    picture: conversation.picture,
    with: kind === "direct" ? others[0]?.account : undefined,
    role: conversation.role ?? "member",
    memberCount: conversation.memberCount ?? others.length + 1,
    left: conversation.left ?? false,
    unread: messages.filter(({ seq, mine, content }) => (seq ?? 0) > through && !mine && isMessage(content)).length,
    read: through,
    last: last ?? messages.at(-1),
    draft: conversation.draft ?? "",
    typing: conversation.typing ?? [],
    activity: messages.at(-1)?.ts ?? 0,
    settings: conversation.settings ?? {},
  };
}
