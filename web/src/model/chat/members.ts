import { source, type Signal } from "../../base/signal.ts";
import type { Client, Conversation, MemberInfo, Message } from "../ports.ts";

export interface MembersModel {
  /** Undefined until they are read. */
  readonly members: Signal<readonly MemberInfo[] | undefined>;
  readonly end: () => void;
}

const changes = (messages: readonly Message[]): number =>
  messages.reduce((latest, { content, seq }) => (content.type === "members" ? Math.max(latest, seq ?? 0) : latest), 0);

/**
 * The members of a group, read when it is opened and again when it says that they have changed. What could not be read is asked for
 * again when there is a connection.
 */
export function membersModel(
  { connection }: Pick<Client, "connection">,
  conversation: Conversation,
  group: boolean,
): MembersModel {
  const members = source<readonly MemberInfo[] | undefined>(undefined);
  if (!group) return { members, end: () => undefined };
  let asked = 0;
  let failed = false;
  const ask = (): void => {
    const own = ++asked;
    failed = false;
    conversation.members().then(
      (list) => {
        if (own === asked) members.set(list);
      },
      () => {
        // Those that are known stay meanwhile.
        if (own === asked) failed = true;
      },
    );
  };
  let last = changes(conversation.messages.get().messages);
  const ends = [
    conversation.messages.subscribe(() => {
      const now = changes(conversation.messages.get().messages);
      if (now <= last) return;
      last = now;
      ask();
    }),
    connection.subscribe(() => {
      if (failed && connection.get().state === "online") ask();
    }),
  ];
  ask();
  return {
    members,
    end: () => {
      for (const end of ends) end();
    },
  };
}
