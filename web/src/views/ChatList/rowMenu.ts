import {
  Archive,
  ArchiveRestore,
  Bell,
  BellOff,
  LogOut,
  MessageCircle,
  MessageCircleCheck,
  Pin,
  PinOff,
} from "lucide-react";
import type { KeyboardEvent } from "react";
import type { Words } from "../../i18n/Words.tsx";
import type { MenuItem } from "../../ui/Menu/Menu.tsx";
import type { ChatRowSnapshot } from "../ChatRow/ChatRow.tsx";

/** What can be done with a conversation from the list. */
export type RowAction =
  "mark_unread" | "mark_read" | "pin" | "unpin" | "mute" | "unmute" | "archive" | "unarchive" | "leave";

const isNew = (row: ChatRowSnapshot): boolean => row.unread > 0 || row.marked;

export function rowMenu(row: ChatRowSnapshot, t: Words["t"], onSelect: (action: RowAction) => void): MenuItem[] {
  const item = (key: RowAction, label: string, icon: typeof Pin, keys?: string, danger = false): MenuItem => ({
    kind: "action",
    key,
    label,
    icon,
    keys,
    danger,
    onSelect: () => {
      onSelect(key);
    },
  });
  const words = t.rowMenu;
  const items = [
    isNew(row)
      ? item("mark_read", words.markRead, MessageCircleCheck, "U")
      : item("mark_unread", words.markUnread, MessageCircle, "U"),
    row.pinned ? item("unpin", words.unpin, PinOff, "P") : item("pin", words.pin, Pin, "P"),
    row.muted ? item("unmute", words.unmute, Bell, "M") : item("mute", words.mute, BellOff, "M"),
    row.archived
      ? item("unarchive", words.unarchive, ArchiveRestore, "E")
      : item("archive", words.archive, Archive, "E"),
  ];
  if (row.group) {
    items.push({ kind: "separator", key: "before-leave" }, item("leave", words.leave, LogOut, undefined, true));
  }
  return items;
}

/** What a letter does while the row has the focus. */
export function actionOfKey(event: KeyboardEvent, row: ChatRowSnapshot): RowAction | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return undefined;
  switch (event.key) {
    case "u":
      return isNew(row) ? "mark_read" : "mark_unread";
    case "p":
      return row.pinned ? "unpin" : "pin";
    case "m":
      return row.muted ? "unmute" : "mute";
    case "e":
      return row.archived ? "unarchive" : "archive";
    default:
      return undefined;
  }
}
