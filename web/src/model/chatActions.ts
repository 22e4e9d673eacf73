import { Archive, ArchiveRestore } from "lucide-react";
import { chatSettingsOf, withChatSettings, type ChatSettings } from "./chatSettings.ts";
import type { ConversationSummary, Id } from "./ports.ts";
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
  const set = (id: Id, change: Partial<ChatSettings>): void => {
    const summary = summaryOf(id);
    if (summary === undefined) return;
    attempt(session, client.conversation(id).setSettings(withChatSettings(summary.settings, change)));
  };
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
      if (summary.last?.seq !== undefined && summary.unread > 0) client.conversation(id).markRead(summary.last.seq);
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
