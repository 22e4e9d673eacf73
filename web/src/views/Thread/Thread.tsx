import { useMemo, useState, type ReactElement } from "react";
import { phone, useMedia } from "../../base/useMedia.ts";
import { useWords } from "../../i18n/Words.tsx";
import { tintOf } from "../../ui/Avatar/face.ts";
import { ConfirmDialog } from "../../ui/Dialog/ConfirmDialog.tsx";
import { Menu } from "../../ui/Menu/Menu.tsx";
import type { MenuAnchor } from "../../ui/Menu/place.ts";
import { Ripples } from "../../ui/Ripples/Ripples.tsx";
import { Composer, type ComposerActions, type ComposerSnapshot } from "../Composer/Composer.tsx";
import { Bubble } from "../Message/Bubble.tsx";
import type { MessageSnapshot } from "../Message/Message.tsx";
import { MessageLog, type MessageLogActions, type MessageLogSnapshot } from "../MessageLog/MessageLog.tsx";
import { ThreadHeader, type ThreadHeaderActions, type ThreadHeaderSnapshot } from "../ThreadHeader/ThreadHeader.tsx";
import { Announcer, type Announcement } from "./Announcer.tsx";
import { MessageInfo } from "./MessageInfo.tsx";
import { messageMenu, selectTextOf } from "./messageMenu.ts";
import { LiftedMessage } from "./LiftedMessage.tsx";
import { ThreadSkeleton } from "./ThreadSkeleton.tsx";
import styles from "./Thread.module.css";

export type ThreadSnapshot =
  | { readonly state: "loading"; readonly ripples: boolean }
  | {
      readonly state: "open";
      readonly id: string;
      readonly header: ThreadHeaderSnapshot;
      /** Until the messages are read: for a moment there is nothing, then a skeleton. */
      readonly log: MessageLogSnapshot | "soon" | "late";
      readonly composer: ComposerSnapshot;
      /** What came last, for who hears the page. */
      readonly announcement: Announcement;
      readonly ripples: boolean;
    };

export interface ThreadActions {
  readonly header: ThreadHeaderActions;
  readonly log: Omit<MessageLogActions, "menu" | "discard">;
  readonly composer: ComposerActions;
  readonly copy: (text: string) => void;
  readonly discard: (id: string) => void;
  /** Opens a direct conversation with an author, from a group. */
  readonly writeTo: (account: string) => void;
}

interface Props {
  readonly snapshot: ThreadSnapshot;
  readonly actions: ThreadActions;
}

/** What lies over the conversation. */
type Over =
  | { readonly kind: "menu"; readonly message: MessageSnapshot; readonly anchor: MenuAnchor }
  | { readonly kind: "info"; readonly message: MessageSnapshot }
  | { readonly kind: "discard"; readonly message: MessageSnapshot };

/** A conversation: header, messages, composer. */
export function Thread({ snapshot, actions }: Props): ReactElement {
  if (snapshot.state === "loading") return <ThreadSkeleton whole ripples={snapshot.ripples} />;
  return <OpenThread key={snapshot.id} snapshot={snapshot} actions={actions} />;
}

type Open = Extract<ThreadSnapshot, { state: "open" }>;

function OpenThread({ snapshot, actions }: { readonly snapshot: Open; readonly actions: ThreadActions }): ReactElement {
  const [over, setOver] = useState<Over | undefined>(undefined);
  const close = (): void => {
    setOver(undefined);
  };
  const { log: logActions } = actions;
  const log = useMemo<MessageLogActions>(
    () => ({
      ...logActions,
      menu: (message, anchor) => {
        setOver({ kind: "menu", message, anchor });
      },
      discard: (message) => {
        setOver({ kind: "discard", message });
      },
    }),
    [logActions],
  );

  return (
    <div className={styles.thread}>
      {snapshot.ripples && <Ripples />}
      <ThreadHeader snapshot={snapshot.header} actions={actions.header} />
      {snapshot.log === "soon" && <div className={styles.soon} />}
      {snapshot.log === "late" && <ThreadSkeleton whole={false} />}
      {typeof snapshot.log === "object" && (
        <MessageLog snapshot={snapshot.log} actions={log} held={over?.kind === "menu" ? over.message.id : undefined} />
      )}
      <Composer snapshot={snapshot.composer} actions={actions.composer} />
      <Announcer said={snapshot.announcement} />
      {over !== undefined && <OverThread over={over} actions={actions} onOver={setOver} onClose={close} />}
    </div>
  );
}

interface OverProps {
  readonly over: Over;
  readonly actions: ThreadActions;
  readonly onOver: (over: Over) => void;
  readonly onClose: () => void;
}

function OverThread({ over, actions, onOver, onClose }: OverProps): ReactElement {
  const { t } = useWords();
  const small = useMedia(phone);
  const { message } = over;
  switch (over.kind) {
    case "menu":
      return (
        <Menu
          label={t.messageMenu.label}
          anchor={over.anchor}
          lifted={
            small ? (
              <LiftedMessage mine={message.mine}>
                <Bubble message={message} tint={tintOf(message.author.face.id)} tabIndex={-1} />
              </LiftedMessage>
            ) : undefined
          }
          items={messageMenu(message, t, {
            copy: actions.copy,
            retry: actions.log.retry,
            writeTo: actions.writeTo,
            select: selectTextOf,
            info: () => {
              onOver({ kind: "info", message });
            },
            discard: () => {
              onOver({ kind: "discard", message });
            },
          })}
          onClose={onClose}
        />
      );
    case "info":
      return <MessageInfo message={message} onClose={onClose} />;
    case "discard":
      return (
        <ConfirmDialog
          title={t.confirm.discardTitle}
          text={t.confirm.discardText}
          confirm={t.confirm.discard}
          keep={t.confirm.keep}
          onConfirm={() => {
            actions.discard(message.id);
          }}
          onClose={onClose}
        />
      );
  }
}
