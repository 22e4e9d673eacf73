import type { Client } from "../client/client.ts";

/** What of a page is looked at. */
export interface Page {
  readonly document: Pick<Document, "visibilityState" | "addEventListener">;
  readonly window: Pick<Window, "addEventListener">;
  /** `navigator.connection`, where a browser has it: it tells of another network under the same connection. */
  readonly network: Pick<EventTarget, "addEventListener"> | undefined;
}

/**
 * A page that comes to the front, and a network that is another or is back, are reasons to connect, or to ask whether the
 * connection is still one.
 */
export function followPage(client: Pick<Client, "connect">, { document, window, network }: Page): void {
  const connect = (): void => {
    client.connect();
  };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") connect();
  });
  window.addEventListener("online", connect);
  network?.addEventListener("change", connect);
}

/** The page that this program runs in. */
export function thisPage(): Page {
  const { connection } = navigator as { readonly connection?: EventTarget };
  return { document, window, network: connection };
}
