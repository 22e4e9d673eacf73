import { BellOff, Pin } from "lucide-react";
import { memo, type KeyboardEvent, type MouseEvent, type ReactElement } from "react";
import { cx } from "../../base/cx.ts";
import { useLongPress } from "../../base/useLongPress.ts";
import { useWords, type Words } from "../../i18n/Words.tsx";
import { Avatar } from "../../ui/Avatar/Avatar.tsx";
import type { Face } from "../../ui/Avatar/face.ts";
import { Badge } from "../../ui/Badge/Badge.tsx";
import { Dots } from "../../ui/Dots/Dots.tsx";
import { Marked } from "../../ui/Marked/Marked.tsx";
import { anchorAt, type MenuAnchor } from "../../ui/Menu/place.ts";
import { Tick, type TickState } from "../../ui/Tick/Tick.tsx";
import { systemText, type SystemSnapshot } from "../SystemLine/systemText.ts";
import styles from "./ChatRow.module.css";

/** The second line of a row: the first of these that there is. */
export type Preview =
  | { readonly kind: "typing"; /** In groups: who. */ readonly who: string | undefined }
  | { readonly kind: "draft"; readonly text: string }
  | { readonly kind: "failed"; readonly text: string }
  | {
      readonly kind: "message";
      /** In groups: who; undefined for one's own and in direct conversations. */
      readonly author: string | undefined;
      /** Of one's own. */
      readonly tick: TickState | undefined;
      readonly text: string;
    }
  | { readonly kind: "system"; readonly event: SystemSnapshot }
  | { readonly kind: "unsupported" }
  | { readonly kind: "none" };

export interface ChatRowSnapshot {
  readonly id: string;
  readonly title: string;
  readonly face: Face;
  readonly online: boolean;
  readonly group: boolean;
  /** When something was last said; undefined if nothing was. */
  readonly time: number | undefined;
  readonly pinned: boolean;
  readonly muted: boolean;
  readonly archived: boolean;
  readonly unread: number;
  /** Unread because the reader said so. */
  readonly marked: boolean;
  readonly preview: Preview;
}

interface Props {
  readonly row: ChatRowSnapshot;
  readonly href: string;
  readonly open: boolean;
  /** What its title was found by. */
  readonly query: string;
  readonly tabIndex: 0 | -1;
  /** The menu of this row is open. */
  readonly held: boolean;
  readonly onMenu: (row: ChatRowSnapshot, anchor: MenuAnchor) => void;
}

/** One conversation in the list. */
export const ChatRow = memo(function ChatRow({ row, href, open, query, tabIndex, held, onMenu }: Props): ReactElement {
  const words = useWords();
  const press = useLongPress((x, y) => {
    onMenu(row, anchorAt(x, y));
  });
  const openMenu = (event: MouseEvent): void => {
    event.preventDefault();
    onMenu(row, anchorAt(event.clientX, event.clientY));
  };
  const openMenuByKey = (event: KeyboardEvent): void => {
    if (event.key !== "ContextMenu" && !(event.key === "F10" && event.shiftKey)) return;
    event.preventDefault();
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    onMenu(row, anchorAt(left + 64, bottom - 16));
  };
  const isNew = row.unread > 0 || row.marked;
  return (
    <a
      {...press}
      className={cx(styles.row, isNew && !row.muted && styles.new, held && styles.held)}
      href={href}
      data-row={row.id}
      tabIndex={tabIndex}
      aria-current={open || undefined}
      aria-label={nameOf(row, words)}
      draggable={false}
      onContextMenu={openMenu}
      onKeyDown={openMenuByKey}
    >
      <Avatar face={row.face} size="lg" online={row.online} />
      <span className={styles.main}>
        <span className={styles.line}>
          <b className={styles.title}>
            <Marked text={row.title} query={query} />
          </b>
          {row.muted && <BellOff className={styles.muted} strokeWidth={1.75} aria-hidden="true" />}
          <span className={styles.when}>
            {row.pinned && <Pin className={styles.pin} strokeWidth={2} aria-hidden="true" />}
            {row.time !== undefined && <time>{words.format.short(row.time, words.now)}</time>}
          </span>
        </span>
        <span className={styles.line}>
          <PreviewLine preview={row.preview} />
          {row.unread > 0 && (
            <Badge count={row.unread} label={words.t.list.unreadCount(row.unread)} quiet={row.muted} />
          )}
          {row.unread === 0 && row.marked && (
            <Badge count={undefined} label={words.t.list.markedUnread} quiet={row.muted} />
          )}
        </span>
      </span>
    </a>
  );
});

function PreviewLine({ preview }: { readonly preview: Preview }): ReactElement {
  const { t } = useWords();
  switch (preview.kind) {
    case "typing":
      return (
        <span className={styles.preview}>
          <span className={styles.typing}>
            {preview.who === undefined ? t.list.typing : t.list.typingIn(preview.who)}
            <Dots />
          </span>
        </span>
      );
    case "draft":
      return (
        <span className={styles.preview} dir="auto">
          <strong className={styles.draft}>{t.list.draft}</strong> {preview.text}
        </span>
      );
    case "failed":
      return (
        <>
          <Tick state="failed" />
          <span className={styles.preview} dir="auto">
            {t.list.notSent} {preview.text}
          </span>
        </>
      );
    case "message":
      return (
        <>
          {preview.tick !== undefined && <Tick state={preview.tick} quiet />}
          <span className={styles.preview} dir="auto">
            {preview.author !== undefined && <em>{preview.author}: </em>}
            {preview.text}
          </span>
        </>
      );
    case "system":
      return <span className={styles.preview}>{systemText(t, preview.event)}</span>;
    case "unsupported":
      return <span className={cx(styles.preview, styles.faint)}>{t.chat.unsupported}</span>;
    case "none":
      return <span className={cx(styles.preview, styles.faint)}>{t.list.nothingYet}</span>;
  }
}

/** What the row is called: title, what is new, muted, pinned, the last message, the time. */
function nameOf(row: ChatRowSnapshot, { t, format, now }: Words): string {
  const parts = [row.title];
  if (row.unread > 0) parts.push(t.list.unreadCount(row.unread));
  else if (row.marked) parts.push(t.list.markedUnread);
  if (row.muted) parts.push(t.list.muted);
  if (row.pinned) parts.push(t.list.pinned);
  if (row.online) parts.push(t.app.online);
  parts.push(textOf(row.preview, t));
  if (row.time !== undefined) parts.push(format.short(row.time, now));
  return parts.join(", ");
}

function textOf(preview: Preview, t: Words["t"]): string {
  switch (preview.kind) {
    case "typing":
      return preview.who === undefined ? t.list.typing : t.list.typingIn(preview.who);
    case "draft":
      return `${t.list.draft} ${preview.text}`;
    case "failed":
      return `${t.list.notSent} ${preview.text}`;
    case "message": {
      const author = preview.author === undefined ? "" : `${preview.author}: `;
      const state = preview.tick === undefined ? "" : `, ${t.chat.state[preview.tick]}`;
      return `${author}${preview.text}${state}`;
    }
    case "system":
      return systemText(t, preview.event);
    case "unsupported":
      return t.chat.unsupported;
    case "none":
      return t.list.nothingYet;
  }
}
