import { Archive, ArchiveRestore } from "lucide-react";
import { chatSettingsOf, withChatSettings, type ChatSettings } from "./chatSettings.ts";
import type { Conversation, ConversationSummary, Id, Settings } from "./ports.ts";
import { attempt, type Session } from "./session.ts";

/** What is done to a conversation from the list, its header or its info: at once, and taken back if the server refuses. */
export interface ChatActions {
  readonly set: (id: Id, change: Partial<ChatSettings>) => void;
  /** With a toast that can undo it. */
  readonly setArchived: (id: Id, archived: boolean) => void;
  readonly markRead: (id: Id) => void;
  readonly leave: (id: Id) => void;
  /** Opens the direct conversation with somebody. */
  readonly writeTo: (account: Id) => void;
}

export function chatActions(session: Session): ChatActions {
  const { client, router, toasts } = session;
  const summaryOf = (id: Id): ConversationSummary | undefined =>
    client.conversations.get().find((summary) => summary.id === id);
  const set = settingsInTurn(session, summaryOf);
  return {
    set,
    setArchived: (id, archived) => {
      const words = session.words.get();
      set(id, { archived });
      toasts.show(archived ? words.toast.archived : words.toast.unarchived, archived ? Archive : ArchiveRestore, {
        label: words.confirm.undo,
        onSelect: () => {
          set(id, { archived: !archived });
        },
      });
    },
    markRead: (id) => {
      const summary = summaryOf(id);
      if (summary === undefined) return;
      if (chatSettingsOf(summary.settings).marked) set(id, { marked: false });
      if (summary.unread > 0) markAllRead(client.conversation(id), summary.last?.seq);
    },
    leave: (id) => {
      const name = summaryOf(id)?.name ?? "";
      const leaving = client.conversation(id).leave();
      attempt(session, leaving);
      leaving.then(
        () => {
          const route = router.route.get();
          if (route.at === "chat" && route.id === id) router.back({ at: "list" });
          toasts.show(session.words.get().toast.left(name));
        },
        () => undefined,
      );
    },
    writeTo: (account) => {
      const starting = client.startDirect(account);
      attempt(session, starting);
      starting.then(
        (id) => {
          router.go({ at: "chat", id, info: false, adding: false });
        },
        () => undefined,
      );
    },
  };
}

/**
 * Sets what a reader wants of a conversation, one request after the other: the server takes settings as a whole and may
 * refuse them, so what comes next is set on top of what has been taken.
 */
function settingsInTurn(
  session: Session,
  summaryOf: (id: Id) => ConversationSummary | undefined,
): (id: Id, change: Partial<ChatSettings>) => void {
  /** Of each conversation whose settings are on their way: what waits behind them. */
  const waiting = new Map<Id, Partial<ChatSettings>>();
  const send = (id: Id, before: Settings, change: Partial<ChatSettings>): void => {
    const settings = withChatSettings(before, change);
    const goOn = (taken: Settings): void => {
      const next = waiting.get(id) ?? {};
      waiting.delete(id);
      if (summaryOf(id) !== undefined && Object.keys(next).length > 0) send(id, taken, next);
    };
    waiting.set(id, {});
    const setting = session.client.conversation(id).setSettings(settings);
    attempt(session, setting);
    setting.then(
      () => {
        goOn(settings);
      },
      () => {
        goOn(before);
      },
    );
  };
  return (id, change) => {
    const summary = summaryOf(id);
    if (summary === undefined) return;
    const before = waiting.get(id);
    if (before === undefined) send(id, summary.settings, change);
    else waiting.set(id, { ...before, ...change });
  };
}

/** `last` is undefined where something of one's own waits to be sent: then the newest that has a place is looked for. */
function markAllRead(conversation: Conversation, last: number | undefined): void {
  if (last !== undefined) {
    conversation.markRead(last);
    return;
  }
  const look = (): void => {
    const { messages, loading } = conversation.messages.get();
    const newest = messages.findLast(({ seq }) => seq !== undefined)?.seq;
    if (loading || newest === undefined) return;
    end();
    conversation.markRead(newest);
  };
  const end = conversation.messages.subscribe(look);
  look();
}
