import { computed, source, type Signal } from "../../base/signal.ts";
import type { Conversation, Message } from "../ports.ts";
import type { Session } from "../session.ts";

/** At most one announcement in so long; what comes meanwhile is counted. */
const pause = 2_000;

/** What is read out of new messages, while the conversation is open. */
export function announcements(
  { platform, people, words }: Session,
  conversation: Conversation,
): { readonly text: Signal<string>; readonly end: () => void } {
  const said = source<readonly Message[]>([]);
  let waiting: Message[] = [];
  let last = newest(conversation);
  let stop: (() => void) | undefined;
  const say = (): void => {
    stop = undefined;
    if (waiting.length === 0) return;
    said.set(waiting);
    waiting = [];
    stop = platform.clock.after(pause, say);
  };
  const end = conversation.messages.subscribe(() => {
    const { messages, hasNewer } = conversation.messages.get();
    if (hasNewer) return;
    const came = messages.filter((one) => !one.mine && isSaid(one) && (one.seq ?? 0) > last);
    last = Math.max(last, newest(conversation));
    if (came.length === 0) return;
    waiting.push(...came);
    if (stop === undefined) say();
  });
  return {
    text: computed((read) => {
      const messages = read(said);
      const [only] = messages;
      if (only === undefined) return "";
      const { chat } = read(words);
      if (messages.length > 1) return chat.newMessages(messages.length);
      const text = only.content.type === "text" ? only.content.text : chat.unsupported;
      return chat.from(people.nameOf(read, only.account), text);
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
