import { chatSettingsOf } from "./chatSettings.ts";
import type { Message } from "./ports.ts";
import type { Session } from "./session.ts";

/** Says what comes while nobody looks at this window, as far as that is wanted and the conversation is not muted. */
export function notifyOfMessages(session: Session): () => void {
  const { client, platform, people, router, look, words } = session;
  const read: Parameters<typeof people.nameOf>[0] = (signal) => signal.get();
  return client.onMessage((message: Message) => {
    const { notify, notifyPreview, notifySound } = look.look.get();
    if (!notify || platform.attended.get()) return;
    const summary = client.conversations.get().find(({ id }) => id === message.conversation);
    if (summary === undefined || chatSettingsOf(summary.settings).muted) return;
    const author = people.nameOf(read, message.account);
    const said = message.content.type === "text" ? message.content.text : words.get().chat.unsupported;
    const text = notifyPreview ? said : words.get().chat.newMessages(1);
    platform.notifications.show(
      {
        tag: message.conversation,
        title: people.titleOf(read, summary),
        text: summary.kind === "group" ? words.get().chat.from(author, text) : text,
        silent: !notifySound,
      },
      () => {
        router.go({ at: "chat", id: message.conversation, info: false, adding: false });
      },
    );
  });
}
