import { computed, source, type Signal } from "../../base/signal.ts";
import type { LinkBrowserActions, LinkBrowserSnapshot } from "../../views/LinkBrowser/LinkBrowser.tsx";
import { hashOf } from "../router.ts";
import type { EntryParts } from "./entry.ts";

export interface LinkBrowserModel {
  readonly snapshot: Signal<LinkBrowserSnapshot>;
  readonly actions: LinkBrowserActions;
  /** Asks for a code to show. */
  readonly ask: () => void;
  readonly stop: () => void;
}

const second = 1_000;

/** A code for another device to read: a new one when it has run out, as long as one looks. */
export function linkBrowserModel({ client, platform }: EntryParts, back: () => void): LinkBrowserModel {
  const { linking } = client;
  const now = source(platform.clock.now());
  const failed = source(false);
  let stopTicking: (() => void) | undefined;
  let stopState: (() => void) | undefined;
  let asked = 0;

  const ask = (): void => {
    const own = ++asked;
    failed.set(false);
    linking.ask(platform.deviceName).catch(() => {
      if (own === asked) failed.set(true);
    });
  };
  const tick = (): void => {
    now.set(platform.clock.now());
    stopTicking = platform.clock.after(second, tick);
  };
  const stop = (): void => {
    stopTicking?.();
    stopState?.();
    stopTicking = stopState = undefined;
    if (linking.state.get().state !== "linked") linking.cancel();
  };
  return {
    snapshot: computed((read): LinkBrowserSnapshot => {
      const state = read(linking.state);
      if (read(failed)) return { state: "failed" };
      switch (state.state) {
        case "waiting":
          return {
            state: "waiting",
            code: spoken(state.code),
            address: `${platform.origin}/${hashOf({ at: "link", code: state.code.replace(/-/gu, "") })}`,
            left: Math.max(0, Math.ceil((state.expires - read(now)) / second)),
          };
        case "seen":
        case "linked":
        case "refused":
        case "failed":
          return { state: state.state };
        case "none":
        case "expired":
          return { state: "making" };
      }
    }),
    actions: { newCode: ask, back },
    ask: () => {
      stopState ??= linking.state.subscribe(() => {
        if (linking.state.get().state === "expired") ask();
      });
      if (stopTicking === undefined) tick();
      ask();
    },
    stop,
  };
}

/** In two halves, as it is read out. */
function spoken(code: string): string {
  const plain = code.replace(/-/gu, "");
  return `${plain.slice(0, 4)}-${plain.slice(4)}`;
}
