import type { Stop } from "../base/clock.ts";
import type { Calls, Host, Topic, ValueOf } from "../client/host.ts";
import { interrupted } from "./remote.ts";

/** A host that is one after the other: while tabs change who has the connection, those who use it notice little of that. */
export interface SwitchedHost {
  readonly host: Host;
  /**
   * Uses another host from now on, or none for a while. What is watched is watched there; what was asked and not answered
   * is asked again where asking twice does no harm, and else rejected as `interrupted`.
   */
  use(target: Host | undefined): void;
}

/** What may be asked again when nobody knows whether it was done: it changes nothing, or the same once more is the same. */
const repeatable: ReadonlySet<keyof Calls> = new Set([
  "server",
  "invite",
  "handle",
  "signUp",
  "send",
  "markRead",
  "draft",
  "older",
  "newer",
  "latest",
  "follow",
  "startDirect",
  "members",
  "conversationSettings",
  "settings",
  "profile",
  "directory",
  "ownProfile",
  "changeProfile",
  "putPicture",
  "putGroupPicture",
  "picture",
  "devices",
  "renameDevice",
  "revokeDevice",
  "setActive",
  "connect",
] satisfies (keyof Calls)[]);

interface Call {
  readonly name: keyof Calls;
  readonly args: readonly never[];
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** Counts the times it was asked: an answer to an earlier one does not count. */
  asked: number;
}

interface Watch {
  readonly topic: Topic;
  readonly listener: (value: never) => void;
  stop: Stop | undefined;
}

interface Switch {
  target: Host | undefined;
  /** What was said last of whether somebody looks: each host must know. */
  active: boolean | undefined;
  closed: boolean;
  readonly calls: Set<Call>;
  readonly watches: Set<Watch>;
}

/** Makes one without a host: everything waits for the first. */
export function switchedHost(): SwitchedHost {
  const now: Switch = { target: undefined, active: undefined, closed: false, calls: new Set(), watches: new Set() };
  return {
    host: {
      call: ((name: keyof Calls, ...args: never[]) => call(now, name, args)) as Host["call"],
      watch: (topic, listener) => {
        const watch: Watch = { topic, listener, stop: undefined };
        now.watches.add(watch);
        if (now.target !== undefined) watchAt(watch, now.target);
        return () => {
          now.watches.delete(watch);
          watch.stop?.();
        };
      },
      close: async () => {
        now.closed = true;
        for (const { reject } of now.calls) reject(interrupted());
        now.calls.clear();
        for (const watch of now.watches) watch.stop?.();
        now.watches.clear();
        await now.target?.close();
      },
    },
    use: (target) => {
      if (!now.closed) use(now, target);
    },
  };
}

/** A host that is on its way: what is asked of it waits. */
export function laterHost(create: () => Host | Promise<Host>): Host {
  const { host, use } = switchedHost();
  let closed = false;
  const made = Promise.resolve(create()).then(async (there) => {
    if (closed) await there.close();
    else use(there);
  });
  return {
    ...host,
    close: async () => {
      closed = true;
      await host.close();
      await made;
    },
  };
}

function call(now: Switch, name: keyof Calls, args: readonly never[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (now.closed) {
      reject(interrupted());
      return;
    }
    if (name === "setActive") now.active = (args as readonly unknown[])[0] === true;
    const made: Call = { name, args, resolve, reject, asked: 0 };
    now.calls.add(made);
    if (now.target !== undefined) ask(now, made, now.target);
  });
}

function ask({ calls }: Switch, made: Call, host: Host): void {
  const asked = ++made.asked;
  const settled = (then: () => void): void => {
    if (made.asked === asked && calls.delete(made)) then();
  };
  (host.call as (name: keyof Calls, ...args: readonly never[]) => Promise<unknown>)(made.name, ...made.args).then(
    (value) => {
      settled(() => {
        made.resolve(value);
      });
    },
    (reason: unknown) => {
      settled(() => {
        made.reject(reason);
      });
    },
  );
}

function watchAt(watch: Watch, host: Host): void {
  watch.stop = host.watch(watch.topic, watch.listener as (value: ValueOf<Topic>) => void);
}

function use(now: Switch, target: Host | undefined): void {
  now.target = target;
  if (target !== undefined && now.active !== undefined) target.call("setActive", now.active).catch(ignore);
  for (const watch of now.watches) {
    watch.stop?.();
    watch.stop = undefined;
    if (target !== undefined) watchAt(watch, target);
  }
  for (const made of [...now.calls]) {
    if (made.asked > 0 && !repeatable.has(made.name)) {
      now.calls.delete(made);
      made.reject(interrupted());
    } else {
      // What was asked before is not answered any more, whoever is asked next.
      if (made.asked > 0) made.asked++;
      if (target !== undefined) ask(now, made, target);
    }
  }
}

function ignore(): void {
  // It is gone before it heard: the one after it is told.
}
