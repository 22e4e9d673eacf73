import type { LucideIcon } from "lucide-react";
import { useLayoutEffect, useRef, type KeyboardEvent, type ReactElement, type ReactNode } from "react";
import { cx } from "../../base/cx.ts";
import { useModal } from "../Dialog/useModal.ts";
import styles from "./Menu.module.css";
import { placeOf, type MenuAnchor } from "./place.ts";

export type MenuItem =
  | {
      readonly kind: "action";
      readonly key: string;
      readonly label: string;
      readonly icon: LucideIcon;
      /** The keys that do the same without the menu. */
      readonly keys?: string | undefined;
      readonly danger?: boolean;
      readonly onSelect: () => void;
    }
  | { readonly kind: "separator"; readonly key: string };

interface Props {
  readonly label: string;
  readonly items: readonly MenuItem[];
  /** Where it opens; on phones it is a sheet at the bottom, unless something is lifted. */
  readonly anchor: MenuAnchor;
  /** Shown above the menu on phones, over the blurred page: what the menu is about. */
  readonly lifted?: ReactNode;
  readonly onClose: () => void;
}

/** Things to do with one thing. One is always the current one: arrows, Home, End and first letters move. */
export function Menu({ label, items, anchor, lifted, onClose }: Props): ReactElement {
  const dialog = useModal(onClose);
  const list = useRef<HTMLUListElement>(null);

  useLayoutEffect(() => {
    const menu = list.current;
    if (menu === null) return;
    const { left, top, origin } = placeOf(anchor, menu.getBoundingClientRect(), {
      width: innerWidth,
      height: innerHeight,
    });
    menu.style.setProperty("--menu-left", `${left}px`);
    menu.style.setProperty("--menu-top", `${top}px`);
    menu.style.transformOrigin = origin;
  }, [anchor]);

  return (
    <dialog
      ref={dialog}
      className={cx(styles.layer, lifted !== undefined && styles.lifting)}
      aria-label={label}
      onPointerDown={(event) => {
        if (!list.current?.contains(event.target as Node)) onClose();
      }}
      onContextMenu={(event) => {
        event.preventDefault();
      }}
    >
      {lifted !== undefined && (
        <div className={styles.lifted} aria-hidden="true">
          {lifted}
        </div>
      )}
      <ul ref={list} className={styles.menu} role="menu" aria-label={label} onKeyDown={moveFocus}>
        {items.map((item, at) =>
          item.kind === "separator" ? (
            <li key={item.key} role="separator" className={styles.separator} />
          ) : (
            <li
              key={item.key}
              role="menuitem"
              tabIndex={-1}
              data-first={at === 0 || undefined}
              className={cx(styles.item, item.danger === true && styles.danger)}
              onPointerMove={(event) => {
                event.currentTarget.focus({ preventScroll: true });
              }}
              onClick={() => {
                onClose();
                item.onSelect();
              }}
            >
              <item.icon size="1.125rem" strokeWidth={1.75} aria-hidden="true" />
              <span>{item.label}</span>
              {item.keys !== undefined && (
                <kbd className={styles.keys} aria-hidden="true">
                  {item.keys}
                </kbd>
              )}
            </li>
          ),
        )}
      </ul>
    </dialog>
  );
}

function moveFocus(event: KeyboardEvent<HTMLUListElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="menuitem"]')];
  const at = items.findIndex((item) => item === document.activeElement);
  const go = (to: number): void => {
    event.preventDefault();
    items[(to + items.length) % items.length]?.focus();
  };
  if (event.key === "ArrowDown") go(at + 1);
  else if (event.key === "ArrowUp") go(at - 1);
  else if (event.key === "Home") go(0);
  else if (event.key === "End") go(-1);
  else if (event.key === "Tab") event.preventDefault();
  else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    items[at]?.click();
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
    const letter = event.key.toLocaleLowerCase();
    const begins = (item: HTMLElement): boolean => item.textContent.toLocaleLowerCase().startsWith(letter);
    const found = [...items.slice(at + 1), ...items.slice(0, at + 1)].find(begins);
    found?.focus();
  }
}
