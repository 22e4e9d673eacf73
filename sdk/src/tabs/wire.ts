import type { Stop } from "../base/clock.ts";
import type { Calls, Topic } from "../client/host.ts";

/** Between a tab and its host, wherever that is: what passes a {@link Wire}. All of it can be cloned. */
export type ToHost =
  /** The tab holds this Web Lock, as long as it lives. Where there are no locks it never says so. */
  | { readonly type: "hello"; readonly lock: string }
  | { readonly type: "call"; readonly id: number; readonly name: keyof Calls; readonly args: readonly unknown[] }
  | { readonly type: "watch"; readonly id: number; readonly topic: Topic }
  | { readonly type: "stop"; readonly id: number }
  /** The last message of a tab. */
  | { readonly type: "bye" };

export type ToTab =
  | { readonly type: "value"; readonly id: number; readonly value: unknown }
  | { readonly type: "answer"; readonly id: number; readonly value: unknown }
  | { readonly type: "rejection"; readonly id: number; readonly error: WireError };

/** An error: a problem with its reason, or any other with its text. */
export interface WireError {
  readonly reason: string | undefined;
  readonly message: string;
  readonly status: number;
}

/** One end of a way on which messages come in order, and of which nobody tells when the other end is gone. */
export interface Wire<Out, In> {
  send(message: Out): void;
  /** Calls `listener` with each message that comes, until the returned function is called. */
  listen(listener: (message: In) => void): Stop;
}

/** A message port as a wire. */
export function portWire<Out, In>(port: MessagePort): Wire<Out, In> {
  return {
    send: (message) => {
      port.postMessage(message);
    },
    listen: (listener) => {
      const heard = (event: MessageEvent): void => {
        listener(event.data as In);
      };
      port.addEventListener("message", heard);
      port.start();
      return () => {
        port.removeEventListener("message", heard);
      };
    },
  };
}
