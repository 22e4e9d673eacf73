import { Copy } from "lucide-react";
import { computed, source, type Signal } from "../../base/signal.ts";
import type { ThreadActions, ThreadSnapshot } from "../../views/Thread/Thread.tsx";
import type { ChatActions } from "../chatActions.ts";
import { chatSettingsOf } from "../chatSettings.ts";
import type { EmojiModel } from "../emoji.ts";
import type { Conversation, ConversationSummary, Id, MemberInfo, Role } from "../ports.ts";
import { attempt, type Session } from "../session.ts";
import { announcements } from "./announce.ts";
import { composerModel, type ComposerModel } from "./composer.ts";
import { headerOf } from "./header.ts";
import { logModel, type LogModel, type Places } from "./log.ts";
import { membersModel } from "./members.ts";

export interface ChatModel {
  readonly id: Id;
  readonly snapshot: Signal<ThreadSnapshot>;
  readonly actions: ThreadActions;
  readonly members: Signal<readonly MemberInfo[] | undefined>;
  readonly end: () => void;
}

/** What is not read after so long has a skeleton. */
const skeletonAfter = 150;

interface Parts {
  readonly session: Session;
  readonly chats: ChatActions;
  readonly emoji: EmojiModel;
  readonly places: Places;
  readonly id: Id;
}

/** An open conversation. */
export function chatModel({ session, chats, emoji, places, id }: Parts): ChatModel {
  const { client, platform, look } = session;
  const conversation = client.conversation(id);
  const summary = computed((read) => read(client.conversations).find((one) => one.id === id));
  // Its window is read as long as somebody listens: that is as long as the conversation is open.
  const stopMessages = conversation.messages.subscribe(() => undefined);
  const { members, end: endMembers } = membersModel(client, conversation, summary.get()?.kind === "group");
  const roles = computed(
    (read): ReadonlyMap<Id, Role> => new Map((read(members) ?? []).map(({ account, role }) => [account, role])),
  );
  const log = logModel({ session, conversation, summary, roles, places });
  const composer = composerModel({ session, conversation, summary, emoji, onSent: log.sent });
  const spoken = announcements(session, conversation);
  const header = headerOf(session, summary, members);
  const waited = source(false);
  const stopWaiting = platform.clock.after(skeletonAfter, () => {
    waited.set(true);
  });
  unmark(chats, summary);

  return {
    id,
    members,
    snapshot: computed((read): ThreadSnapshot => {
      const top = read(header);
      if (top === undefined) return { state: "loading", ripples: read(look.look).ripples };
      const rows = read(log.snapshot);
      return {
        state: "open",
        id,
        header: top,
        log: rows ?? (read(waited) ? "late" : "soon"),
        composer: read(composer.snapshot),
        announcement: read(spoken.said),
        ripples: read(look.look).ripples,
      };
    }),
    actions: actionsOf(session, chats, conversation, log, composer),
    end: () => {
      stopWaiting();
      log.end();
      composer.end();
      spoken.end();
      endMembers();
      stopMessages();
    },
  };
}

function actionsOf(
  session: Session,
  chats: ChatActions,
  conversation: Conversation,
  log: LogModel,
  composer: ComposerModel,
): ThreadActions {
  const { platform, router, toasts } = session;
  return {
    header: {
      back: () => {
        router.back({ at: "list" });
      },
      toggleInfo: () => {
        const route = router.route.get();
        if (route.at !== "chat") return;
        if (route.info) router.back({ ...route, info: false, adding: false });
        else router.go({ ...route, info: true, adding: false });
      },
    },
    log: log.actions,
    composer: composer.actions,
    copy: (text) => {
      const copying = platform.copy(text);
      attempt(session, copying);
      copying.then(
        () => {
          toasts.show(session.words.get().messageMenu.copied, Copy);
        },
        () => undefined,
      );
    },
    discard: (key) => {
      attempt(session, conversation.discard(key));
    },
    writeTo: chats.writeTo,
  };
}

/** Who opens what was marked as unread has seen it. */
function unmark(chats: ChatActions, summary: Signal<ConversationSummary | undefined>): void {
  const now = summary.get();
  if (now !== undefined && chatSettingsOf(now.settings).marked) chats.set(now.id, { marked: false });
}
