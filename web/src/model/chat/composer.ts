import { computed, source, type Signal } from "../../base/signal.ts";
import type { ComposerActions, ComposerSnapshot } from "../../views/Composer/Composer.tsx";
import type { EmojiSnapshot } from "../../views/EmojiPicker/EmojiPicker.tsx";
import type { EmojiModel } from "../emoji.ts";
import type { Conversation, ConversationSummary } from "../ports.ts";
import { attempt, type Session } from "../session.ts";

export interface ComposerModel {
  readonly snapshot: Signal<ComposerSnapshot>;
  readonly actions: ComposerActions;
  readonly end: () => void;
}

/** What one message can hold at most, in bytes: the server takes 256 KiB, with what is around the text. */
const mostBytes = 200 * 1024;
/** A draft is kept when one stops for a moment. */
const keepAfter = 400;

interface Parts {
  readonly session: Session;
  readonly conversation: Conversation;
  readonly summary: Signal<ConversationSummary | undefined>;
  readonly emoji: EmojiModel;
  /** Called in the turn in which something is sent. */
  readonly onSent: () => void;
}

/** What is written and not sent yet. */
export function composerModel({ session, conversation, summary, emoji, onSent }: Parts): ComposerModel {
  const { platform } = session;
  const draft = source(summary.get()?.draft ?? "");
  const pickerOpen = source(false);
  let stop: (() => void) | undefined;
  const keep = (text: string): void => {
    stop?.();
    stop = undefined;
    conversation.setDraft(text);
  };
  /** What could not even be kept to be sent later is there again, above what was written meanwhile. */
  const takeBack = (text: string): void => {
    draft.update((now) => (now.trim() === "" ? text : `${text}\n${now}`));
    keep(draft.get());
  };
  const closed: EmojiSnapshot = { state: "closed" };
  return {
    snapshot: computed((read): ComposerSnapshot => {
      const text = read(draft);
      return {
        draft: text,
        enterSends: read(session.look.look).enterSends,
        closed: read(summary)?.left === true ? "left" : undefined,
        tooLong: text.length * 3 > mostBytes && new TextEncoder().encode(text).length > mostBytes,
        emoji: read(pickerOpen) ? read(emoji.snapshot) : closed,
      };
    }),
    actions: {
      setDraft: (text) => {
        const stopped = text.trim() === "";
        if (draft.get().trim() !== "" || !stopped) conversation.typing(stopped);
        draft.set(text);
        stop?.();
        stop = platform.clock.after(keepAfter, () => {
          keep(text);
        });
      },
      send: () => {
        const text = draft.get().trim();
        if (text === "") return;
        draft.set("");
        onSent();
        const sending = conversation.send({ type: "text", text });
        attempt(session, sending);
        sending.catch(() => {
          takeBack(text);
        });
        keep("");
      },
      openEmoji: () => {
        pickerOpen.set(true);
        emoji.load();
      },
      pickEmoji: emoji.pick,
    },
    end: () => {
      if (stop !== undefined) keep(draft.get());
    },
  };
}
