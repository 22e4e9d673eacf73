import type { Stop } from "../base/clock.ts";
import type { Locks } from "../base/locks.ts";
import type { Calls, Host } from "../client/host.ts";
import { wireError } from "./remote.ts";
import type { ToHost, ToTab, Wire } from "./wire.ts";

/** Serves one host to many tabs. */
export interface TabServer {
  /** Serves a tab at the other end of a wire until it says goodbye, dies, or the returned function is called. */
  connect(wire: Wire<ToTab, ToHost>): Stop;
  /** The host as the tab that it is in uses it. Closing it is a goodbye, and not the host's end. */
  join(): Host;
}

interface Tab {
  readonly watches: Map<number, Stop>;
  active: boolean;
}

/**
 * Makes one. What tabs share is decided here: the person looks if any tab is in front, and what a tab watches ends with it.
 * `locks` tell when a tab has died without a goodbye; where there are none, what it watched stays until the host ends.
 */
export function serveTabs(host: Host, locks: Locks | undefined): TabServer {
  const served: Served = { host, locks, tabs: new Set() };
  return {
    connect: (wire) => {
      const tab = enter(served);
      const stop = wire.listen((message) => {
        if (served.tabs.has(tab)) take(served, tab, wire, message);
      });
      return () => {
        stop();
        leave(served, tab);
      };
    },
    join: () => {
      const tab = enter(served);
      const call = (name: keyof Calls, ...args: readonly unknown[]): Promise<unknown> => ask(served, tab, name, args);
      return {
        call: call as Host["call"],
        watch: host.watch,
        close: () => {
          leave(served, tab);
          return Promise.resolve();
        },
      };
    },
  };
}

interface Served {
  readonly host: Host;
  readonly locks: Locks | undefined;
  readonly tabs: Set<Tab>;
}

function enter({ tabs }: Served): Tab {
  const tab: Tab = { watches: new Map(), active: false };
  tabs.add(tab);
  return tab;
}

function leave(served: Served, tab: Tab): void {
  if (!served.tabs.delete(tab)) return;
  for (const stop of tab.watches.values()) stop();
  tab.watches.clear();
  if (tab.active) setActive(served, tab, false).catch(ignore);
}

/** The person looks as long as any tab is in front. */
async function setActive({ host, tabs }: Served, tab: Tab, active: boolean): Promise<void> {
  tab.active = active;
  const any = [...tabs].some((one) => one.active);
  await host.call("setActive", any);
}

function ask(served: Served, tab: Tab, name: keyof Calls, args: readonly unknown[]): Promise<unknown> {
  if (name === "setActive") return setActive(served, tab, args[0] === true);
  return (served.host.call as (name: keyof Calls, ...args: readonly unknown[]) => Promise<unknown>)(name, ...args);
}

function take(served: Served, tab: Tab, wire: Wire<ToTab, ToHost>, message: ToHost): void {
  const { host, locks } = served;
  switch (message.type) {
    case "hello": {
      if (locks === undefined) break;
      // It is given to us once the tab is gone, however that came.
      const gone = locks.request(message.lock, () => {
        leave(served, tab);
      });
      gone.catch(ignore);
      break;
    }
    case "call":
      answer(wire, message.id, () => ask(served, tab, message.name, message.args));
      break;
    case "watch": {
      const { id } = message;
      const stop = host.watch(message.topic, (value) => {
        wire.send({ type: "value", id, value });
      });
      tab.watches.set(id, stop);
      break;
    }
    case "stop":
      tab.watches.get(message.id)?.();
      tab.watches.delete(message.id);
      break;
    case "bye":
      leave(served, tab);
  }
}

function answer(wire: Wire<ToTab, ToHost>, id: number, work: () => Promise<unknown>): void {
  work().then(
    (value) => {
      wire.send({ type: "answer", id, value });
    },
    (reason: unknown) => {
      wire.send({ type: "rejection", id, error: wireError(reason) });
    },
  );
}

function ignore(): void {
  // The host has ended, or nobody is signed in: then nobody is active either.
}
