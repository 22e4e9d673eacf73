import { useEffect, useLayoutEffect, useRef, type RefObject } from "react";

/**
 * Shows a `<dialog>` as long as its component is there. The browser keeps the focus inside, and it goes back to where it was after; what has
 * `data-first` gets it at the beginning, else the first thing that can. Escape asks `onClose`.
 */
export function useModal(onClose: () => void): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });
  // Its end must run while the dialog still stands in the page: else the browser does not give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    const before = document.activeElement;
    element.showModal();
    element.querySelector<HTMLElement>("[data-first]")?.focus();
    const cancel = (event: Event): void => {
      event.preventDefault();
      close.current();
    };
    // A page must not end up with a closed dialog that still stands in it.
    const closed = (): void => {
      close.current();
    };
    element.addEventListener("cancel", cancel);
    element.addEventListener("close", closed);
    return () => {
      element.removeEventListener("cancel", cancel);
      element.removeEventListener("close", closed);
      element.close();
      // The browser gives the focus back only to what closes while it still stands in the page.
      const lost = document.activeElement === null || document.activeElement === document.body;
      if (lost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return dialog;
}
