import type { Stop } from "../base/clock.ts";
import type { Id } from "../base/id.ts";
import type { Signal } from "../base/signal.ts";
import { readPresence } from "../codec/wire.ts";
import { initialValue } from "./host.ts";
import type { Topic, ValueOf } from "./host.ts";
import { followIncoming } from "./incoming.ts";
import type { Running } from "./running.ts";
import type { SignIn } from "./sign_in.ts";
import type { ConnectionState, OwnAccount, Presence, Settings } from "./types.ts";
import { openWindow } from "./window.ts";

/** Where topics come from, now. */
export interface Sources {
  readonly running: Running | undefined;
  readonly store: "opening" | "open" | "broken";
  readonly signIn: SignIn;
}

type Listener<T extends Topic> = (value: ValueOf<T>) => void;
const nothing: Stop = () => undefined;

/** Gives a topic's value to a listener, now and after each change, until the returned function is called. */
export function attach<T extends Topic>(sources: Sources, topic: T, listener: Listener<T>): Stop {
  return attachAny(sources, topic, listener);
}

function attachAny(sources: Sources, topic: Topic, listener: (value: never) => void): Stop {
  const { running, store, signIn } = sources;
  const give = listener as (value: unknown) => void;
  if (topic.of === "linking") return follow(signIn.linking, give);
  if (running === undefined) {
    give(topic.of === "connection" ? withoutAccount[store] : initialValue(topic));
    return nothing;
  }
  switch (topic.of) {
    case "connection":
      return follow(running.engine.state, give);
    case "account":
      return followAccount(running, give);
    case "conversations":
      return follow(running.summaries.value, give);
    case "devices":
      return follow(running.devices.signal, give);
    case "profile":
      return running.profiles.watch(topic.account, give);
    case "incoming":
      return followIncoming(running.book, give);
    case "presence":
      return followPresence(running, topic.account, give);
    case "window": {
      const window = openWindow(running.book, running.engine, topic.conversation);
      running.windows.set(topic.window, window);
      const stop = follow(window.value, give);
      return () => {
        stop();
        window.close();
        running.windows.delete(topic.window);
      };
    }
  }
}

/** What there is to say of the connection while nothing runs. */
const withoutAccount: Readonly<Record<Sources["store"], ConnectionState>> = {
  opening: { state: "opening" },
  open: { state: "signed_out" },
  broken: { state: "refused", reason: "store" },
};

function follow<T>(signal: Signal<T>, give: (value: T) => void): Stop {
  give(signal.get());
  return signal.subscribe(() => {
    give(signal.get());
  });
}

/** P1: whether somebody is online, for as long as it is watched; unknown while there is no connection. */
function followPresence({ engine, ground }: Running, account: Id, give: (value: Presence) => void): Stop {
  const unknown = initialValue({ of: "presence", account });
  give(unknown);
  const stops = [
    engine.watch(`presence/${account}`, (payload) => {
      try {
        give(readPresence(payload));
      } catch (reason) {
        ground.fault(`presence: ${String(reason)}`);
      }
    }),
    engine.state.subscribe(() => {
      if (engine.state.get().state === "offline") give(unknown);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

const noSettings: Settings = {};

function followAccount({ book }: Running, give: (value: OwnAccount) => void): Stop {
  let before: OwnAccount | undefined;
  const tell = (): void => {
    const { account, handle, device, settings } = book.me();
    const value = settings?.value ?? noSettings;
    if (before?.settings === value && before.handle === handle) return;
    before = { account, handle, device, settings: value };
    give(before);
  };
  tell();
  return book.changed.on((change) => {
    if (change.type === "me") tell();
  });
}
