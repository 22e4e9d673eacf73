import { source, type Signal } from "../../base/signal.ts";
import type { Conversation, MemberInfo, Message } from "../ports.ts";

export interface MembersModel {
  /** Undefined until they are read. */
  readonly members: Signal<readonly MemberInfo[] | undefined>;
  readonly end: () => void;
}

const changes = (messages: readonly Message[]): number =>
  messages.reduce((latest, { content, seq }) => (content.type === "members" ? Math.max(latest, seq ?? 0) : latest), 0);

/** The members of a group, read when it is opened and again when it says that they have changed. */
export function membersModel(conversation: Conversation, group: boolean): MembersModel {
  const members = source<readonly MemberInfo[] | undefined>(undefined);
  if (!group) return { members, end: () => undefined };
  let asked = 0;
  const ask = (): void => {
    const own = ++asked;
    conversation.members().then(
      (list) => {
        if (own === asked) members.set(list);
      },
      // Without a network those that are known stay; the next change asks again.
      () => undefined,
    );
  };
  let last = changes(conversation.messages.get().messages);
  const end = conversation.messages.subscribe(() => {
    const now = changes(conversation.messages.get().messages);
    if (now <= last) return;
    last = now;
    ask();
  });
  ask();
  return { members, end };
}
