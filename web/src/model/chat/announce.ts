import { computed, source, type Signal } from "../../base/signal.ts";
import type { Announcement } from "../../views/Thread/Announcer.tsx";
import type { Conversation, Message } from "../ports.ts";
import type { Session } from "../session.ts";

/** At most one announcement in so long; what comes meanwhile is counted. */
const pause = 2_000;

/** Messages that came, as far as it matters: any of them, and how many. All of them would be kept until the next ones come. */
interface Came {
  readonly one: Message;
  readonly count: number;
  /** Each time another. */
  readonly id: number;
}

const nothing: Announcement = { id: 0, text: "" };

/** What is read out of new messages, while the conversation is open. */
export function announcements(
  { platform, people, words }: Session,
  conversation: Conversation,
): { readonly said: Signal<Announcement>; readonly end: () => void } {
  const said = source<Came | undefined>(undefined);
  let waiting: Came | undefined;
  let last = newest(conversation);
  let stop: (() => void) | undefined;
  const say = (): void => {
    stop = undefined;
    if (waiting === undefined) return;
    said.set(waiting);
    waiting = undefined;
    stop = platform.clock.after(pause, say);
  };
  const end = conversation.messages.subscribe(() => {
    const { messages, hasNewer } = conversation.messages.get();
    if (hasNewer) return;
    const came = messages.filter((one) => !one.mine && isSaid(one) && (one.seq ?? 0) > last);
    last = Math.max(last, newest(conversation));
    const [one] = came;
    if (one === undefined) return;
    waiting = { one, count: (waiting?.count ?? 0) + came.length, id: (said.get()?.id ?? 0) + 1 };
    if (stop === undefined) say();
  });
  return {
    said: computed((read) => {
      const came = read(said);
      if (came === undefined) return nothing;
      const { one, count, id } = came;
      const { chat } = read(words);
      if (count > 1) return { id, text: chat.newMessages(count) };
      const text = one.content.type === "text" ? one.content.text : chat.unsupported;
      return { id, text: chat.from(people.nameOf(read, one.account), text) };
    }),
    end: () => {
      end();
      stop?.();
    },
  };
}

const newest = (conversation: Conversation): number =>
  conversation.messages.get().messages.reduce((most, { seq }) => Math.max(most, seq ?? 0), 0);

/** What somebody said; all else is a line of the conversation itself. */
const isSaid = ({ content }: Message): boolean => content.type === "text" || content.type === "unsupported";
