import { computed, source, type Signal } from "../base/signal.ts";
import type { ConnectionSnapshot } from "../views/ChatList/ConnectionBanner.tsx";
import type { Platform } from "./platform.ts";
import type { Client, ConnectionState } from "./ports.ts";

/** A connection that is made sooner says nothing of it. */
const connectingAfter = 2_000;
/** A network that is away for so long is said to be away; at once if the browser itself says so. */
const offlineAfter = 5_000;

export interface ConnectionModel {
  readonly snapshot: Signal<ConnectionSnapshot>;
  readonly end: () => void;
}

/** How it is between here and the server, calmed: what passes by itself in a moment is not said. */
export function connectionModel(client: Client, platform: Platform): ConnectionModel {
  /** For how long there has been no connection, in the steps that matter. */
  const lost = source<"no" | "just_now" | "a_while" | "long">("no");
  let timers: (() => void)[] = [];
  const stopTimers = (): void => {
    for (const stop of timers) stop();
    timers = [];
  };
  const isLost = ({ state }: ConnectionState): boolean => state === "offline" || state === "connecting";
  const look = (): void => {
    if (!isLost(client.connection.get())) {
      stopTimers();
      lost.set("no");
      return;
    }
    if (lost.get() !== "no") return;
    lost.set("just_now");
    timers = [
      platform.clock.after(connectingAfter, () => {
        lost.set("a_while");
      }),
      platform.clock.after(offlineAfter, () => {
        lost.set("long");
      }),
    ];
  };
  const stop = client.connection.subscribe(look);
  look();
  return {
    snapshot: computed((read): ConnectionSnapshot => {
      const now = read(client.connection);
      if (now.state === "refused") return now;
      if (now.state === "catching_up") return { state: "updating" };
      if (isLost(now)) {
        const since = read(lost);
        if (since === "long" || (since !== "no" && !read(platform.networked))) return { state: "offline" };
        if (since === "a_while") return { state: "connecting" };
      }
      return platform.insecure ? { state: "insecure" } : { state: "online" };
    }),
    end: () => {
      stop();
      stopTimers();
    },
  };
}
