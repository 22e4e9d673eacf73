import { Copy, Info, MessageCircle, RotateCw, TextSelect, Trash2, type LucideIcon } from "lucide-react";
import type { Words } from "../../i18n/Words.tsx";
import type { MenuItem } from "../../ui/Menu/Menu.tsx";
import type { MessageSnapshot } from "../Message/Message.tsx";

interface MessageChoices {
  readonly copy: (text: string) => void;
  readonly select: (id: string) => void;
  readonly writeTo: (account: string) => void;
  readonly info: () => void;
  readonly retry: (id: string) => void;
  readonly discard: () => void;
}

/** What can be done with a message. */
export function messageMenu(message: MessageSnapshot, t: Words["t"], choices: MessageChoices): MenuItem[] {
  const words = t.messageMenu;
  const { id, text, mine, group, author, failed } = message;
  const items: MenuItem[] = [];
  const add = (key: string, label: string, icon: LucideIcon, onSelect: () => void, keys?: string): void => {
    items.push({ kind: "action", key, label, icon, onSelect, keys });
  };
  if (failed !== undefined)
    add("retry", words.retry, RotateCw, () => {
      choices.retry(id);
    });
  if (text !== undefined) {
    add(
      "copy",
      words.copy,
      Copy,
      () => {
        choices.copy(text);
      },
      "Ctrl C",
    );
    add("select", words.select, TextSelect, () => {
      choices.select(id);
    });
  }
  if (group && !mine) {
    const { face } = author;
    add("write", words.writeTo(face.name), MessageCircle, () => {
      choices.writeTo(face.id);
    });
  }
  add("info", words.info, Info, choices.info);
  if (failed !== undefined) {
    items.push(
      { kind: "separator", key: "before-discard" },
      { kind: "action", key: "discard", label: words.discard, icon: Trash2, danger: true, onSelect: choices.discard },
    );
  }
  return items;
}

/** Selects what stands in a message, so that it can be changed and copied. */
export function selectTextOf(id: string): void {
  const article = [...document.querySelectorAll<HTMLElement>("[data-message]")].find(
    (one) => one.dataset.message === id,
  );
  const text = article?.querySelector("[data-text]");
  if (text === undefined || text === null) return;
  const selection = getSelection();
  const range = document.createRange();
  range.selectNodeContents(text);
  selection?.removeAllRanges();
  selection?.addRange(range);
}
