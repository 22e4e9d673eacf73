import type { Client } from "../client/client.ts";

/** What of a page is looked at. */
export interface Page {
  readonly document: Pick<Document, "visibilityState" | "addEventListener">;
  readonly window: Pick<Window, "addEventListener">;
  /** `navigator.connection`, where a browser has it: it tells of another network under the same connection. */
  readonly network: Pick<EventTarget, "addEventListener"> | undefined;
}

/**
 * Tells a client whether its page is in front. It connects, or asks whether its connection is still one, when the page comes
 * to the front and when the network has changed.
 */
export function followPage(client: Pick<Client, "setActive" | "connect">, { document, window, network }: Page): void {
  const look = (): void => {
    client.setActive(document.visibilityState === "visible");
  };
  const connect = (): void => {
    client.connect();
  };
  document.addEventListener("visibilitychange", () => {
    look();
    if (document.visibilityState === "visible") connect();
  });
  window.addEventListener("online", connect);
  network?.addEventListener("change", connect);
  look();
}

/** The page that this program runs in. */
export function thisPage(): Page {
  const { connection } = navigator as { readonly connection?: EventTarget };
  return { document, window, network: connection };
}
