import { Ellipsis, RotateCw } from "lucide-react";
import { memo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactElement } from "react";
import { cx } from "../../base/cx.ts";
import { useLongPress } from "../../base/useLongPress.ts";
import { useWords, type Words } from "../../i18n/Words.tsx";
import { Avatar } from "../../ui/Avatar/Avatar.tsx";
import { tintOf, type Face } from "../../ui/Avatar/face.ts";
import { IconButton } from "../../ui/IconButton/IconButton.tsx";
import { anchorAt, type MenuAnchor } from "../../ui/Menu/place.ts";
import { Bubble } from "./Bubble.tsx";
import type { TickState } from "../../ui/Tick/Tick.tsx";
import styles from "./Message.module.css";

export type FailedReason = keyof Words["t"]["chat"]["failedReason"];

export interface MessageAuthor {
  readonly face: Face;
  /** An admin or the owner, in groups. */
  readonly role: "owner" | "admin" | "member";
}

export interface MessageSnapshot {
  readonly id: string;
  /** What stands in it; undefined if it needs a newer version. */
  readonly text: string | undefined;
  readonly time: number;
  /** Written by the reader, here or on another device. */
  readonly mine: boolean;
  /** Who wrote it, for who hears the page; in groups it stands above and beside, too. */
  readonly author: MessageAuthor;
  readonly group: boolean;
  /** Of the reader's own. */
  readonly tick: TickState | undefined;
  readonly failed: FailedReason | undefined;
  /** The first and the last of a group of bubbles by one author. */
  readonly first: boolean;
  readonly last: boolean;
  /** It came while the conversation was open: it enters. */
  readonly fresh: boolean;
}

export interface MessageActions {
  readonly retry: (id: string) => void;
  readonly discard: (message: MessageSnapshot) => void;
  /** Opens the menu of a message: right click, long press, Shift F10, or the dots. */
  readonly menu: (message: MessageSnapshot, anchor: MenuAnchor) => void;
}

interface Props {
  readonly message: MessageSnapshot;
  readonly actions: MessageActions;
  readonly tabIndex: 0 | -1;
  /** Its menu is open. */
  readonly held: boolean;
}

/** One message: its bubble, in groups with its author, and what can be done if it was not sent. */
export const Message = memo(function Message({ message, actions, tabIndex, held }: Props): ReactElement {
  const words = useWords();
  const { t } = words;
  const article = useRef<HTMLDivElement>(null);
  // The dots are a third of a message's elements, and hidden until somebody points at it or comes to it.
  const [near, setNear] = useState(false);
  const come = (): void => {
    setNear(true);
  };
  const { mine, group, author, first, last, fresh, failed } = message;
  const press = useLongPress((x, y) => {
    actions.menu(message, anchorAt(x, y));
  });
  const openMenu = (event: MouseEvent): void => {
    // Selected text and links keep the browser's own menu.
    const chosen = getSelection();
    if ((event.target as Element).closest("a") !== null || (chosen !== null && !chosen.isCollapsed)) return;
    event.preventDefault();
    actions.menu(message, anchorAt(event.clientX, event.clientY));
  };
  const byKey = (event: KeyboardEvent): void => {
    if (event.key !== "ContextMenu" && !(event.key === "F10" && event.shiftKey)) return;
    event.preventDefault();
    const { left, bottom } = (article.current?.firstElementChild ?? event.currentTarget).getBoundingClientRect();
    actions.menu(message, anchorAt(left + 24, bottom));
  };
  return (
    <div
      className={cx(styles.message, mine ? styles.out : styles.in, first && styles.first, last && styles.last)}
      data-held={held || undefined}
    >
      {group && !mine && <span className={styles.side}>{last && <Avatar face={author.face} size="sm" />}</span>}
      <div className={styles.column}>
        <div
          ref={article}
          className={cx(styles.article, fresh && styles.fresh)}
          role="article"
          data-focus=""
          data-message={message.id}
          tabIndex={tabIndex}
          aria-label={nameOf(message, words)}
          onKeyDown={byKey}
          onPointerEnter={come}
          onFocus={come}
        >
          <div className={styles.hold} {...press} onContextMenu={openMenu}>
            <Bubble message={message} tint={tintOf(author.face.id)} tabIndex={tabIndex} />
          </div>
          {(near || held) && (
            <span className={styles.tools}>
              <IconButton
                small
                tabIndex={-1}
                icon={Ellipsis}
                label={t.chat.moreActions}
                onClick={(event) => {
                  actions.menu(message, event.currentTarget.getBoundingClientRect());
                }}
              />
            </span>
          )}
        </div>
        {failed !== undefined && <Failed message={message} reason={failed} actions={actions} />}
      </div>
    </div>
  );
});

interface FailedProps {
  readonly message: MessageSnapshot;
  readonly reason: FailedReason;
  readonly actions: MessageActions;
}

/** Why a message was not sent, and what can be done about it. */
function Failed({ message, reason, actions }: FailedProps): ReactElement {
  const { t } = useWords();
  return (
    <p className={styles.failed}>
      <span>{t.chat.failedReason[reason]}</span>
      <button
        type="button"
        className={styles.again}
        onClick={() => {
          actions.retry(message.id);
        }}
      >
        <RotateCw size="0.875rem" strokeWidth={2.2} aria-hidden="true" />
        {t.chat.retry}
      </button>
      <button
        type="button"
        className={styles.discard}
        onClick={() => {
          actions.discard(message);
        }}
      >
        {t.chat.discard}
      </button>
    </p>
  );
}

/** What the message is called: author, text, time, state. */
function nameOf(message: MessageSnapshot, { t, format }: Words): string {
  const who = message.mine ? t.list.you : message.author.face.name;
  const parts = [who, message.text ?? t.chat.unsupported, format.time(message.time)];
  if (message.tick !== undefined) parts.push(t.chat.state[message.tick]);
  return parts.join(", ");
}
