import type { Random } from "../base/clock.ts";
import type { Id } from "../base/id.ts";
import { idFromBytes } from "../base/id.ts";
import type { Signal } from "../base/signal.ts";
import type { Content } from "../codec/content.ts";
import type { Host } from "./host.ts";
import type { GroupChange, MemberInfo, MessageWindow, Settings } from "./types.ts";

/**
 * One conversation. Promises may be rejected with a {@link Problem}: `not-member`, `offline` for what needs the server, …
 */
export interface Conversation {
  readonly id: Id;
  /**
   * Its messages, from the newest back: a window that is read while somebody subscribes, and can be moved. Each call of
   * {@link Client.conversation} has its own.
   */
  readonly messages: Signal<MessageWindow>;
  /** Adds older messages to the window, from this device or the server. */
  loadOlder(): Promise<void>;
  /** Adds newer messages that the window has let go of. */
  loadNewer(): Promise<void>;
  /** Moves the window to the newest messages. */
  showLatest(): Promise<void>;
  /** Whether somebody looks at the end of the window (the default): then new messages push out the oldest. */
  setFollowing(following: boolean): void;
  /**
   * Says something. It is in {@link Conversation.messages} at once, as `sending`; resolves with its id once it is in this
   * device's store, from where it goes out sooner or later, also after a crash. Rejects if it cannot be kept.
   */
  send(content: Content): Promise<Id>;
  /** Sends a failed message again, at the end. */
  retry(message: Id): Promise<void>;
  /** Takes back a failed message, or one that never left this device. Rejects with `under-way` for any other. */
  discard(message: Id): Promise<void>;
  /** Says that the person has read everything up to a seq. Others see it, and one's other devices. */
  markRead(seq: number): void;
  /** The person is writing, or has stopped: to be called with each keystroke; the others are told now and then. */
  typing(stopped?: boolean): void;
  /** Keeps what was written and not sent, on this device. */
  setDraft(text: string): void;
  members(): Promise<readonly MemberInfo[]>;
  change(change: GroupChange): Promise<void>;
  leave(): Promise<void>;
  setSettings(settings: Settings): Promise<void>;
}

/** Makes one; `watch` makes a signal of a topic. */
export function createConversation(
  host: Host,
  id: Id,
  random: Random,
  messagesOf: (window: string) => Signal<MessageWindow>,
): Conversation {
  const window = idFromBytes(random(16));
  return {
    id,
    messages: messagesOf(window),
    loadOlder: () => host.call("older", window),
    loadNewer: () => host.call("newer", window),
    showLatest: () => host.call("latest", window),
    setFollowing: (following) => {
      forget(host.call("follow", window, following));
    },
    send: (content) => host.call("send", id, content, idFromBytes(random(16))),
    retry: (message) => host.call("retry", id, message),
    discard: (message) => host.call("discard", id, message),
    markRead: (seq) => {
      forget(host.call("markRead", id, seq));
    },
    typing: (stopped = false) => {
      forget(host.call("typing", id, stopped));
    },
    setDraft: (text) => {
      forget(host.call("draft", id, text));
    },
    members: () => host.call("members", id),
    change: (change) => host.call("changeGroup", id, change),
    leave: () => host.call("leave", id),
    setSettings: (settings) => host.call("conversationSettings", id, settings),
  };
}

/** What comes by itself again, or of which the connection's state tells: nobody waits for it. */
export function forget(promise: Promise<unknown>): void {
  promise.catch(() => undefined);
}
