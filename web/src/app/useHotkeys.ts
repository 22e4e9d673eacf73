import { useEffect, type RefObject } from "react";
import type { SignedIn } from "../model/signedIn.ts";

/** The keys that work everywhere: Ctrl K, Ctrl Alt N, Alt ↑ ↓, Escape. */
export function useHotkeys(own: SignedIn, search: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const { router } = own.session;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector("dialog[open]") !== null) return;
      const command = event.ctrlKey || event.metaKey;
      if (command && !event.altKey && event.key.toLowerCase() === "k") {
        const field = search.current ?? document.querySelector<HTMLInputElement>('nav input[type="search"]');
        if (field === null) router.go({ at: "list" });
        requestAnimationFrame(() => {
          (field ?? search.current)?.focus();
        });
      } else if (command && event.altKey && event.key.toLowerCase() === "n") {
        router.go({ at: "new_chat" });
      } else if (event.altKey && !command && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
        openBeside(own, event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Escape") {
        const route = router.route.get();
        if (route.at !== "chat" || !route.info) return;
        router.back({ ...route, info: false, adding: false });
      } else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKeyDown);
    return () => {
      removeEventListener("keydown", onKeyDown);
    };
  }, [own, search]);
}

/** The conversation above or below the open one, as the list stands. */
function openBeside({ list, session }: SignedIn, step: 1 | -1): void {
  const { content, open } = list.snapshot.get();
  if (content.state !== "rows" || content.rows.length === 0) return;
  const at = content.rows.findIndex(({ id }) => id === open);
  const next = content.rows[at < 0 ? 0 : Math.max(0, Math.min(content.rows.length - 1, at + step))];
  if (next !== undefined) session.router.go({ at: "chat", id: next.id, info: false, adding: false });
}
