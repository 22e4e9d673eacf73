import { useCallback, useSyncExternalStore } from "react";

/** Below this width there is one pane (720 px at the usual font size; the style sheets write the same). */
export const phone = "(width < 45em)";
/** From this width on the info pane stands beside the conversation. */
export const wide = "(width >= 85em)";
/** Fingers: Enter makes a new line, menus come up from the bottom. */
export const touch = "(pointer: coarse)";

/** Whether a media query matches, now and after each change. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const list = matchMedia(query);
      list.addEventListener("change", listener);
      return () => {
        list.removeEventListener("change", listener);
      };
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}
