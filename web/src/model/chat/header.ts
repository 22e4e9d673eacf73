import { computed, type Read, type Signal } from "../../base/signal.ts";
import type { ThreadHeaderSnapshot, ThreadStatus } from "../../views/ThreadHeader/ThreadHeader.tsx";
import { lastSeenOf } from "../lastSeen.ts";
import type { ConversationSummary, MemberInfo } from "../ports.ts";
import type { Session } from "../session.ts";

/** As many names as are written out. */
const fewNames = 4;

/** Title and status of an open conversation. */
export function headerOf(
  session: Session,
  summary: Signal<ConversationSummary | undefined>,
  members: Signal<readonly MemberInfo[] | undefined>,
): Signal<ThreadHeaderSnapshot | undefined> {
  const { client, people, router, connection } = session;
  const statusOf = (read: Read, now: ConversationSummary): ThreadStatus => {
    const { state } = read(connection.snapshot);
    if (state === "connecting") return { kind: "connecting" };
    const group = now.kind === "group";
    if (now.typing.length > 0) {
      return { kind: "typing", names: group ? now.typing.map((one) => people.nameOf(read, one)) : [] };
    }
    if (group) return membersOf(read, now);
    if (now.with === undefined) return { kind: "none" };
    const { online, lastSeen } = read(client.presence(now.with));
    if (online && state !== "offline") return { kind: "online" };
    return lastSeen === undefined ? { kind: "none" } : { kind: "last_seen", ...lastSeenOf(lastSeen) };
  };
  const membersOf = (read: Read, now: ConversationSummary): ThreadStatus => {
    const own = read(client.account)?.account;
    const others = (read(members) ?? []).filter(({ account }) => account !== own);
    const names = others.slice(0, fewNames).map(({ account }) => people.nameOf(read, account));
    return names.length === 0
      ? { kind: "none" }
      : { kind: "members", names, more: Math.max(0, now.memberCount - 1 - names.length) };
  };
  return computed((read) => {
    const now = read(summary);
    if (now === undefined) return undefined;
    const route = read(router.route);
    const status = statusOf(read, now);
    return {
      title: people.titleOf(read, now),
      face: people.conversationFace(read, now),
      online: status.kind === "online" || (status.kind === "typing" && now.kind === "direct"),
      status,
      infoOpen: route.at === "chat" && route.info,
    };
  });
}
