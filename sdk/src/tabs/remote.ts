import type { Stop } from "../base/clock.ts";
import { keptParts } from "../base/kept.ts";
import type { Locks } from "../base/locks.ts";
import type { Calls, Host } from "../client/host.ts";
import { Problem } from "../http/problem.ts";
import type { ToHost, ToTab, Wire, WireError } from "./wire.ts";

/**
 * Holds a Web Lock as long as this tab lives, however it ends, and names it to the other end, which waits for it. Not before it
 * is held: else the other end might get it first, and take this tab for dead.
 */
export function tellWhenGone(wire: Wire<ToHost, ToTab>, lock: string, locks: Locks): void {
  const held = (): Promise<never> => {
    wire.send({ type: "hello", lock });
    return new Promise(() => undefined);
  };
  // A tab without it is served as well; only that it has died is not heard of.
  locks.request(lock, held).catch(() => undefined);
}

/** A host at the other end of a wire. Values are cloned on their way; what has not changed in them is the same object as before. */
export function remoteHost(wire: Wire<ToHost, ToTab>): Host {
  let last = 0;
  const calls = new Map<number, { resolve: (value: unknown) => void; reject: (reason: Error) => void }>();
  const watches = new Map<number, { readonly listener: (value: never) => void; last: unknown }>();
  const stop: Stop = wire.listen((message) => {
    if (message.type === "value") {
      const watch = watches.get(message.id);
      if (watch === undefined) return;
      watch.last = keptParts(watch.last, message.value);
      watch.listener(watch.last as never);
      return;
    }
    const call = calls.get(message.id);
    calls.delete(message.id);
    if (message.type === "answer") call?.resolve(message.value);
    else call?.reject(errorOf(message.error));
  });
  const call = (name: keyof Calls, ...args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++last;
      calls.set(id, { resolve, reject });
      wire.send({ type: "call", id, name, args });
    });
  return {
    call: call as Host["call"],
    watch: (topic, listener) => {
      const id = ++last;
      watches.set(id, { listener, last: undefined });
      wire.send({ type: "watch", id, topic });
      return () => {
        if (watches.delete(id)) wire.send({ type: "stop", id });
      };
    },
    close: () => {
      wire.send({ type: "bye" });
      stop();
      watches.clear();
      for (const { reject } of calls.values()) reject(interrupted());
      calls.clear();
      return Promise.resolve();
    },
  };
}

/** What was asked for may have been done or not. */
export function interrupted(): Problem {
  return new Problem("interrupted", "the one who was asked is gone", 0);
}

export function wireError(reason: unknown): WireError {
  if (reason instanceof Problem) return { reason: reason.reason, message: reason.message, status: reason.status };
  return { reason: undefined, message: reason instanceof Error ? reason.message : String(reason), status: 0 };
}

function errorOf({ reason, message, status }: WireError): Error {
  if (reason === undefined) return new Error(message);
  // Its text begins with the reason, which the constructor writes again.
  return new Problem(reason, message.startsWith(`${reason}: `) ? message.slice(reason.length + 2) : "", status);
}
