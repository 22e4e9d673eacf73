import { systemRandom } from "../base/clock.ts";
import { idFromBytes } from "../base/id.ts";
import { clientOf } from "../client/client.ts";
import type { Client } from "../client/client.ts";
import type { Host } from "../client/host.ts";
import { electedHost } from "./elected.ts";
import { followPage, thisPage } from "./page.ts";
import { remoteHost, tellWhenGone } from "./remote.ts";
import { serveTabs } from "./serve.ts";
import { laterHost } from "./switch.ts";
import type { ToHost, ToTab } from "./wire.ts";
import { portWire } from "./wire.ts";

/** How tabs share one connection and one store. */
export interface TabsOptions {
  /** The same in all tabs of one store, such as its name. */
  readonly name: string;
  /** Starts the app's worker, which calls {@link hostInWorker}; where there are no shared workers it is not called. */
  readonly worker: () => SharedWorker;
  /** Opens store and connection here: in one tab of all, where there is no worker. Its code may come only then. */
  readonly createHost: () => Host | Promise<Host>;
}

/** Who has the connection: a worker, one of the tabs, or this tab for itself. */
export type Sharing = "worker" | "elected" | "alone";

/**
 * What this browser and origin allow. An insecure origin has no locks: there, without a worker, each tab is alone, and the
 * one that was opened last has the connection.
 */
export function sharing(scope: object = globalThis): Sharing {
  if ("SharedWorker" in scope) return "worker";
  const hasLocks = "navigator" in scope && "locks" in (scope.navigator as object);
  return hasLocks && "BroadcastChannel" in scope ? "elected" : "alone";
}

/**
 * Opens a client in a tab that shares connection and store with the other tabs of its origin: in a shared worker, or in one
 * of the tabs where there are none. It comes back with the network, and when the page does; {@link Client.setActive} is the app's.
 */
export function openInTabs({ name, worker, createHost }: TabsOptions): Client {
  const tab = idFromBytes(systemRandom(16));
  const client = clientOf(hostHere());
  followPage(client, thisPage());
  return client;

  function hostHere(): Host {
    switch (sharing()) {
      case "worker":
        return workerHost(worker(), `${name}/tab/${tab}`);
      case "elected":
        return electedHost({
          name,
          locks: navigator.locks,
          channel: (channel) => new BroadcastChannel(channel),
          createHost,
          tab,
        });
      case "alone":
        return laterHost(createHost);
    }
  }
}

function workerHost({ port }: SharedWorker, lock: string): Host {
  const wire = portWire<ToHost, ToTab>(port);
  if ("locks" in navigator) tellWhenGone(wire, lock, navigator.locks);
  return remoteHost(wire);
}

/** What of a shared worker's scope is used. */
export interface WorkerScope {
  addEventListener(type: "connect", listener: (event: MessageEvent) => void): void;
  readonly navigator: { readonly locks?: LockManager };
}

/** In the app's shared worker: serves `host` to every tab that connects. */
export function hostInWorker(host: Host, scope: WorkerScope = globalThis): void {
  const server = serveTabs(host, scope.navigator.locks);
  scope.addEventListener("connect", ({ ports: [port] }) => {
    if (port !== undefined) server.connect(portWire<ToTab, ToHost>(port));
  });
}
