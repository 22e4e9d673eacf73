import type { Signal } from "../base/signal.ts";
import type { Catalogue } from "../i18n/en.ts";
import type { ConnectionModel } from "./connection.ts";
import type { LookModel } from "./look.ts";
import type { People } from "./people.ts";
import type { Platform } from "./platform.ts";
import type { Client, ServerInfo } from "./ports.ts";
import type { Router } from "./router.ts";
import type { Toasts } from "./toasts.ts";

/** What all view models of somebody who is signed in stand on. */
export interface Session {
  readonly client: Client;
  readonly platform: Platform;
  readonly router: Router;
  readonly people: People;
  readonly toasts: Toasts;
  readonly look: LookModel;
  readonly connection: ConnectionModel;
  /** The catalogue of the language that is chosen. */
  readonly words: Signal<Catalogue>;
  /** What the server says of itself; undefined until it was asked. */
  readonly server: Signal<ServerInfo | undefined>;
}

/** Somebody waits for nothing of this: what fails says so in a toast. */
export function attempt(session: Session, promise: Promise<unknown>): void {
  promise.catch((error: unknown) => {
    const words = session.words.get();
    const offline = typeof error === "object" && error !== null && "reason" in error && error.reason === "offline";
    session.toasts.show(offline ? words.app.offline : words.app.failed);
  });
}
