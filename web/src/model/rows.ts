import type { Read } from "../base/signal.ts";
import type { FailedReason, MessageSnapshot } from "../views/Message/Message.tsx";
import type { ChatLogRow, RowSpace } from "../views/MessageLog/MessageLog.tsx";
import type { SystemSnapshot } from "../views/SystemLine/systemText.ts";
import type { People } from "./people.ts";
import type { Id, Message, MessageWindow, Profile, Role } from "./ports.ts";

/** What the rows of a conversation are made of. */
export interface RowsInput {
  readonly window: MessageWindow;
  readonly group: boolean;
  /** Where the divider stands: before the first message of others above this seq; undefined for none. */
  readonly divider: { readonly after: number; readonly count: number } | undefined;
  /** Keys of messages that have just come. */
  readonly fresh: ReadonlySet<string>;
  readonly roles: ReadonlyMap<Id, Role>;
}

/** Bubbles of one author stand together unless so much time lies between two of them. */
const together = 5 * 60_000;

export const unreadKey = "unread";

/** What was made of one message, and of what. */
interface Made {
  readonly inputs: readonly unknown[];
  readonly rows: readonly ChatLogRow[];
}

/**
 * Makes rows of messages: days, lines, bubbles in groups. A row whose message, neighbours and author have not changed is the
 * same object as before, so that nothing of it is rendered again.
 */
export function rowMaker(people: People): (read: Read, input: RowsInput) => readonly ChatLogRow[] {
  let made = new Map<string, Made>();
  return (read, input) => {
    const { messages, hasOlder } = input.window;
    const next = new Map<string, Made>();
    const rows: ChatLogRow[] = [];
    const divided = dividerAt(input);
    const [oldest] = messages;
    if (oldest !== undefined && !hasOlder) rows.push(head("start", oldest, made, next));
    if (oldest !== undefined && hasOlder) rows.push(head("older", oldest, made, next));
    messages.forEach((message, at) => {
      const before = messages[at - 1];
      const after = messages[at + 1];
      const profile = people.profileOf(read, message.account);
      const inputs = [
        message,
        before,
        after,
        profile,
        people.faceOf(read, message.account),
        at === divided ? input.divider : undefined,
        at + 1 === divided,
        input.fresh.has(message.key),
        input.roles.get(message.account),
        rows.length === 0,
        input.group,
        // Lines speak of others than their author, too.
        isBubble(message) ? undefined : JSON.stringify(systemOf(read, people, message, input.group)),
      ];
      const known = made.get(message.key);
      const entry =
        known?.inputs.every((one, index) => Object.is(one, inputs[index])) === true
          ? known
          : { inputs, rows: rowsOf(read, people, input, at, divided, profile, rows.length === 0) };
      next.set(message.key, entry);
      rows.push(...entry.rows);
    });
    made = next;
    return rows;
  };
}

/** A row before all messages: the same object as long as it is there. */
function head(kind: "start" | "older", oldest: Message, made: Map<string, Made>, next: Map<string, Made>): ChatLogRow {
  const key = `${kind} row`;
  const known = made.get(key) ?? {
    inputs: [],
    rows: [{ key, kind, head: true, space: "none", day: oldest.ts } as const],
  };
  next.set(key, known);
  return known.rows[0] ?? { key, kind, head: true, space: "none", day: oldest.ts };
}

/** The index of the message before which the divider stands. */
function dividerAt({ window, divider }: RowsInput): number {
  if (divider === undefined) return -1;
  const first = window.messages.findIndex(({ seq, mine }) => seq !== undefined && seq > divider.after && !mine);
  // With older ones that are not here it would stand in the middle of what is new.
  return first === 0 && window.hasOlder ? -1 : first;
}

const isBubble = (message: Message | undefined): boolean =>
  message !== undefined && (message.content.type === "text" || message.content.type === "unsupported");

const sameDay = (left: number, right: number): boolean =>
  new Date(left).toDateString() === new Date(right).toDateString();

/** Whether two messages that follow each other stand in one group of bubbles. */
function joined(left: Message | undefined, right: Message | undefined, divided: boolean): boolean {
  if (left === undefined || right === undefined || divided || !isBubble(left) || !isBubble(right)) return false;
  return left.account === right.account && right.ts - left.ts < together && sameDay(left.ts, right.ts);
}

function rowsOf(
  read: Read,
  people: People,
  input: RowsInput,
  at: number,
  divided: number,
  profile: Profile | undefined,
  top: boolean,
): readonly ChatLogRow[] {
  const { messages } = input.window;
  const message = messages[at];
  if (message === undefined) return [];
  const before = messages[at - 1];
  const rows: ChatLogRow[] = [];
  const day = message.ts;
  const newDay = before === undefined || !sameDay(before.ts, message.ts);
  if (newDay) rows.push({ key: `day ${message.key}`, kind: "day", space: top ? "none" : "day", day });
  if (at === divided && input.divider !== undefined) {
    rows.push({
      key: unreadKey,
      kind: "unread",
      space: "group",
      day,
      count: input.divider.count,
    });
  }
  if (!isBubble(message)) {
    systemOf(read, people, message, input.group).forEach((event, index) => {
      const follows = rows.length === 0 && isBubble(before);
      rows.push({
        key: index === 0 ? message.key : `${message.key} ${index}`,
        kind: "system",
        space: follows ? "line" : "none",
        day,
        event,
      });
    });
    return rows;
  }
  const first = !joined(before, message, at === divided);
  const last = !joined(message, messages[at + 1], at + 1 === divided);
  const follows = rows.length > 0 || !isBubble(before);
  const space: RowSpace = follows ? "none" : first ? "group" : "bubble";
  const snapshot = snapshotOf(read, people, input, message, profile, { first, last });
  rows.push({ key: message.key, kind: "message", space, day, message: snapshot });
  return rows;
}

function snapshotOf(
  read: Read,
  people: People,
  input: RowsInput,
  message: Message,
  profile: Profile | undefined,
  place: { readonly first: boolean; readonly last: boolean },
): MessageSnapshot {
  const { key, account, mine, ts, content, state } = message;
  const name = profile?.name ?? "…";
  const face = people.faceOf(read, account);
  return {
    id: key,
    text: content.type === "text" ? content.text : undefined,
    time: ts,
    mine,
    author: { face: face.name === "" ? { ...face, name } : face, role: input.roles.get(account) ?? "member" },
    group: input.group,
    tick: state.state === "incoming" ? undefined : state.state,
    failed: state.state === "failed" ? failedReason(state.reason) : undefined,
    fresh: input.fresh.has(key),
    ...place,
  };
}

/** What the server's reasons mean to who wrote the message. */
export function failedReason(reason: string): FailedReason {
  switch (reason) {
    case "not_member":
    case "forbidden":
      return "removed";
    case "too_large":
      return "too_large";
    case "no_space":
    case "busy":
      return "full";
    case "offline":
    case "expired":
      return "offline";
    default:
      return "refused";
  }
}

/** What a record of the conversation itself says, as lines; none where it says nothing to people. */
export function systemOf(read: Read, people: People, message: Message, group: boolean): readonly SystemSnapshot[] {
  const { content, account } = message;
  const actor = people.whoOf(read, account);
  switch (content.type) {
    case "created":
      return group ? [{ what: "created", actor, name: content.name }] : [];
    case "members": {
      const events: SystemSnapshot[] = [];
      const whom = (accounts: readonly Id[]): ReturnType<People["whoOf"]>[] =>
        accounts.map((one) => people.whoOf(read, one));
      const joinedAccounts = content.joined.map((member) => member.account);
      if (joinedAccounts.length > 0) events.push({ what: "added", actor, whom: whom(joinedAccounts) });
      const removed = content.left.filter((one) => one !== account);
      if (removed.length > 0) events.push({ what: "removed", actor, whom: whom(removed) });
      if (content.left.includes(account)) events.push({ what: "left", who: actor });
      for (const { account: one, role } of content.roles) {
        events.push({ what: "role", who: people.whoOf(read, one), role });
      }
      return events;
    }
    case "changed": {
      const events: SystemSnapshot[] = [];
      if (content.name !== undefined) events.push({ what: "renamed", actor, name: content.name });
      if (content.picture !== undefined) events.push({ what: "picture", actor, there: content.picture !== null });
      return events.length > 0 ? events : [{ what: "unknown" }];
    }
    default:
      return [{ what: "unknown" }];
  }
}
