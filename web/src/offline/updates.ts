import { source, type Signal } from "../base/signal.ts";
import { scriptAddress } from "../base/trusted.ts";
import type { TakeOver } from "./precache.ts";

/** How often a page that stays open asks for a new build. */
const looksAfter = 60 * 60_000;

/**
 * Has the app's files kept on this device, where the browser does that. The value is how to change to a build that is there
 * and waits; undefined if there is none. All tabs change together, so that none of them has another build than the others.
 */
export function keepOffline(): Signal<(() => void) | undefined> {
  const update = source<(() => void) | undefined>(undefined);
  if (!("serviceWorker" in navigator)) return update;
  const { serviceWorker } = navigator;
  // The first one changes nothing for who looks: the page has what it has.
  let change = serviceWorker.controller !== null;
  serviceWorker.addEventListener("controllerchange", () => {
    if (change) location.reload();
    change = true;
  });
  const follow = async (): Promise<void> => {
    const registration = await serviceWorker.register(scriptAddress("/sw.js"), { updateViaCache: "none" });
    const look = (): void => {
      const { waiting } = registration;
      if (waiting === null || serviceWorker.controller === null) return;
      update.set(() => {
        waiting.postMessage("take over" satisfies TakeOver);
      });
    };
    look();
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", look);
    });
    askNowAndThen(registration);
  };
  follow().catch(() => {
    // Without it the app works as long as there is a network; the next start tries again.
  });
  return update;
}

function askNowAndThen(registration: ServiceWorkerRegistration): void {
  let last = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || Date.now() - last < looksAfter) return;
    last = Date.now();
    registration.update().catch(() => undefined);
  });
}
