import { computed, source, type Read, type Signal } from "../base/signal.ts";
import type {
  CommonGroup,
  ContactSnapshot,
  GroupSnapshot,
  InfoActions,
  InfoSnapshot,
  MemberSnapshot,
} from "../views/InfoPane/InfoPane.tsx";
import type { ChatActions } from "./chatActions.ts";
import { chatSettingsOf } from "./chatSettings.ts";
import { lastSeenOf } from "./lastSeen.ts";
import { choosePicture, pictureError } from "./pictures.ts";
import type { ConversationSummary, GroupChange, Id, MemberInfo, Message, Role } from "./ports.ts";
import { attempt, type Session } from "./session.ts";

export interface InfoModel {
  readonly snapshot: Signal<InfoSnapshot | undefined>;
  readonly actions: InfoActions;
  readonly end?: () => void;
}

interface Parts {
  readonly session: Session;
  readonly chats: ChatActions;
  readonly id: Id;
  readonly members: Signal<readonly MemberInfo[] | undefined>;
}

/** About the person or the group of an open conversation. */
export function infoModel(parts: Parts): InfoModel {
  const { session, id, members } = parts;
  const { client } = session;
  const summary = computed((read) => read(client.conversations).find((one) => one.id === id));
  const conversation = client.conversation(id);
  const first = computed((read) => read(conversation.messages).messages[0]);
  const common = commonGroups(session, summary.get());
  return {
    snapshot: computed((read): InfoSnapshot | undefined => {
      const now = read(summary);
      if (now === undefined) return undefined;
      return now.kind === "group"
        ? groupOf(session, read, now, read(members), read(first))
        : contactOf(session, read, now, read(common));
    }),
    actions: actionsOf(parts),
  };
}

/** Groups are asked for their members one by one, and not all of those who have many. */
const mostAsked = 20;

/** Ids of groups that the other of a direct conversation is in, too. */
function commonGroups({ client }: Session, summary: ConversationSummary | undefined): Signal<ReadonlySet<Id>> {
  const found = source<ReadonlySet<Id>>(new Set());
  const other = summary?.with;
  if (summary?.kind !== "direct" || other === undefined) return found;
  const groups = client.conversations.get().filter(({ kind, left }) => kind === "group" && !left);
  const ask = async (): Promise<void> => {
    for (const { id } of groups.slice(0, mostAsked)) {
      const members = await client.conversation(id).members();
      if (members.some(({ account }) => account === other)) found.set(new Set([...found.get(), id]));
    }
  };
  // Without a network those that are known are enough.
  ask().catch(() => undefined);
  return found;
}

function contactOf(
  session: Session,
  read: Read,
  now: ConversationSummary,
  commonIds: ReadonlySet<Id>,
): ContactSnapshot {
  const { client, people, platform } = session;
  const { muted, pinned, archived } = chatSettingsOf(now.settings);
  const profile = now.with === undefined ? undefined : people.profileOf(read, now.with);
  const common: CommonGroup[] = read(client.conversations)
    .filter((group) => commonIds.has(group.id))
    .map((group) => ({
      id: group.id,
      name: group.name,
      face: people.conversationFace(read, group),
      text: read(session.words).chat.memberCount(group.memberCount),
    }));
  return {
    kind: "contact",
    name: people.titleOf(read, now),
    handle: profile?.handle ?? "",
    host: platform.host,
    face: people.conversationFace(read, now),
    about: profile?.about ?? "",
    common,
    muted,
    pinned,
    archived,
  };
}

const ranks: Record<Role, number> = { owner: 0, admin: 1, member: 2 };

function groupOf(
  session: Session,
  read: Read,
  now: ConversationSummary,
  members: readonly MemberInfo[] | undefined,
  first: Message | undefined,
): GroupSnapshot {
  const { client, people } = session;
  const own = read(client.account)?.account;
  const { muted, pinned, archived } = chatSettingsOf(now.settings);
  const memberOf = ({ account, role }: MemberInfo): MemberSnapshot => {
    const { online, lastSeen } = read(client.presence(account));
    const known: MemberSnapshot["presence"] =
      lastSeen === undefined ? { kind: "unknown" } : { kind: "last_seen", ...lastSeenOf(lastSeen) };
    return {
      id: account,
      name: people.nameOf(read, account),
      handle: people.profileOf(read, account)?.handle ?? "",
      face: people.faceOf(read, account),
      you: account === own,
      role,
      presence: now.typing.includes(account) ? { kind: "typing" } : online ? { kind: "online" } : known,
    };
  };
  const order = (left: MemberSnapshot, right: MemberSnapshot): number =>
    Number(right.you) - Number(left.you) || ranks[left.role] - ranks[right.role] || left.name.localeCompare(right.name);
  const made =
    first?.content.type === "created" ? { by: people.nameOf(read, first.account), time: first.ts } : undefined;
  return {
    kind: "group",
    name: now.name,
    face: people.conversationFace(read, now),
    memberCount: now.memberCount,
    members: members?.map(memberOf).sort(order),
    role: now.role,
    left: now.left,
    made,
    muted,
    pinned,
    archived,
  };
}

function actionsOf({ session, chats, id }: Parts): InfoActions {
  const { client, router, platform, toasts } = session;
  const change = (what: GroupChange): void => {
    attempt(session, client.conversation(id).change(what));
  };
  const here = { at: "chat", id, info: false, adding: false } as const;
  return {
    close: () => {
      router.back(here);
    },
    setMuted: (muted) => {
      chats.set(id, { muted });
    },
    setPinned: (pinned) => {
      chats.set(id, { pinned });
    },
    setArchived: (archived) => {
      chats.setArchived(id, archived);
    },
    openGroup: (group) => {
      router.go({ ...here, id: group });
    },
    addMembers: () => {
      router.go({ ...here, info: true, adding: true });
    },
    rename: (name) => {
      change({ name });
    },
    setPicture: (file) => {
      choosePicture(platform, file)
        .then(({ bytes }) => client.putGroupPicture(bytes))
        .then((picture) => {
          change({ picture });
        })
        .catch((error: unknown) => {
          toasts.show(pictureError(session.words.get(), error));
        });
    },
    removePicture: () => {
      change({ picture: null });
    },
    setRole: (member, role) => {
      change({ roles: { [member]: role } });
    },
    remove: (member) => {
      change({ remove: [member] });
    },
    writeTo: chats.writeTo,
    leave: () => {
      chats.leave(id);
    },
  };
}
