import type { Stop } from "../base/clock.ts";
import { systemClock, systemRandom } from "../base/clock.ts";
import { Problem } from "../http/problem.ts";
import { tables } from "../store/rows.ts";
import type { Store } from "../store/store.ts";
import { defaultBackOff } from "../sync/back_off.ts";
import { plainCipher } from "../sync/cipher.ts";
import { webSocketTransport } from "../transport/websocket.ts";
import { createCalls } from "./calls.ts";

import type { Calls, Host, Topic } from "./host.ts";
import { start } from "./running.ts";
import type { Ground, Running } from "./running.ts";
import { createSignIn } from "./sign_in.ts";
import type { SignIn } from "./sign_in.ts";
import { attach } from "./topics.ts";
import type { Sources } from "./topics.ts";

/** What a core is made of; what is left out is the platform's. */
export type CoreOptions = Pick<Ground, "server" | "store"> & Partial<Ground>;

/** A host in this very program. */
export interface Core extends Host {
  /** Resolves once the store has been read. Rejects if it cannot be; then nothing else works. */
  readonly opened: Promise<void>;
}

interface Watch {
  readonly topic: Topic;
  readonly listener: (value: never) => void;
  stop: Stop;
}

/**
 * The one who has the connection and the store: opens what the store has, goes on with it by itself, and does what it is
 * asked. There is one for each account and device.
 */
export function createCore(options: CoreOptions): Core {
  const ground = groundOf(options);
  let running: Running | undefined;
  // Whoever is signed in next is as active as the one before.
  let active: boolean | undefined;
  let store: Sources["store"] = "opening";
  let closed = false;
  const isClosed = (): boolean => closed;
  const watches = createWatches(() => ({ running, store, signIn }));

  const begin = async (): Promise<void> => {
    if (isClosed() || running !== undefined) return;
    const started = await start(ground);
    if (isClosed()) {
      await started?.close();
      return;
    }
    if (active !== undefined) started?.engine.setActive(active);
    running = started;
    store = "open";
    watches.attachAgain();
  };
  const signIn: SignIn = createSignIn(ground, begin);
  const calls = createCalls({
    signIn,
    running: () => {
      if (running === undefined) throw new Problem("signed-out", "", 0);
      return running;
    },
    signedOut: () => {
      if (running !== undefined) throw new Problem("signed-in", "somebody is signed in on this device", 0);
    },
    setActive: (next) => {
      active = next;
      running?.engine.setActive(next);
    },
    signOut: async () => {
      const leaving = running;
      running = undefined;
      watches.attachAgain();
      // Without a connection the device stays in the account's list, and somebody else has to revoke it there.
      await leaving?.api.revokeDevice(leaving.book.me().device).catch(ignore);
      await leaving?.close();
      await wipe(ground.store);
    },
  });
  const opening = begin();
  opening.catch((reason: unknown) => {
    ground.fault(`the store: ${String(reason)}`);
    store = "broken";
    watches.attachAgain();
  });
  return {
    opened: opening,
    // What is asked before the store is open waits for it.
    call: ((name: keyof Calls, ...args: never[]) =>
      opening.then(() => (calls[name] as (...all: never[]) => Promise<unknown>)(...args))) as Host["call"],
    watch: watches.watch,
    close: async () => {
      closed = true;
      await opening.catch(ignore);
      await running?.close();
      watches.close();
      await ground.store.close();
    },
  };
}

/** What was given, and the platform's for the rest. */
function groundOf(options: CoreOptions): Ground {
  return {
    transport: webSocketTransport(options.server),
    fetch: globalThis.fetch.bind(globalThis),
    cipher: plainCipher,
    clock: systemClock,
    random: systemRandom,
    backOff: defaultBackOff,
    fault: ignore,
    ...options,
  };
}

/** What is watched, through all changes of where it comes from. */
interface Watches {
  readonly watch: Host["watch"];
  /** Where topics come from has changed. */
  attachAgain(): void;
  close(): void;
}

function createWatches(sources: () => Sources): Watches {
  const watches = new Set<Watch>();
  const attachOne = (watch: Watch): Stop => attach(sources(), watch.topic, watch.listener as never);
  return {
    watch: (topic, listener) => {
      const watch: Watch = { topic, listener, stop: ignore };
      watches.add(watch);
      watch.stop = attachOne(watch);
      return () => {
        watch.stop();
        watches.delete(watch);
      };
    },
    attachAgain: () => {
      for (const watch of watches) {
        watch.stop();
        watch.stop = attachOne(watch);
      }
    },
    close: () => {
      for (const watch of watches) watch.stop();
      watches.clear();
    },
  };
}

function ignore(): void {
  // Nothing waits for it.
}

/** Empties a store of all that is an account's. */
async function wipe(store: Store): Promise<void> {
  const conversations = await store.all("conversations");
  const profiles = await store.all("profiles");
  const names = ["", ...conversations.map(({ id }) => id), ...profiles.map(({ account }) => account)];
  await store.commit(tables.flatMap((table) => names.map((name) => ({ type: "delete_all", table, name }) as const)));
}
