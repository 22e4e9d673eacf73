import type { Stop } from "../base/clock.ts";
import type { Locks } from "../base/locks.ts";
import type { Host } from "../client/host.ts";
import { remoteHost } from "./remote.ts";
import { serveTabs } from "./serve.ts";
import type { TabServer } from "./serve.ts";
import { switchedHost } from "./switch.ts";
import type { ToHost, ToTab, Wire } from "./wire.ts";

/** What passes between tabs on their common channel. */
type Cast =
  /** Somebody has become the leader, or answers `who`. */
  | { readonly type: "leader"; readonly leader: string }
  | { readonly type: "who" }
  | { readonly type: "to_leader"; readonly leader: string; readonly tab: string; readonly message: ToHost }
  | { readonly type: "to_tab"; readonly leader: string; readonly tab: string; readonly message: ToTab };

/** What an election needs of the platform; a test has its own. */
export interface ElectionParts {
  /** The same for all tabs of one store. */
  readonly name: string;
  readonly locks: Locks;
  readonly channel: (name: string) => BroadcastChannel;
  /** Opens the store and the connection: called in one tab at a time. Its code may come later, or never be needed. */
  readonly createHost: () => Host | Promise<Host>;
  /** A name that no other tab has. */
  readonly tab: string;
}

/**
 * A host for tabs that have no worker to share: by a Web Lock one of them becomes the leader and has the connection and the
 * store, the others ask it over a channel. When it ends, the next one in the lock's queue goes on from the store.
 */
export function electedHost({ name, locks, channel: open, createHost, tab }: ElectionParts): Host {
  const channel = open(name);
  const switched = switchedHost();
  const ownLock = `${name}/tab/${tab}`;
  let held = false;
  let leading: Leading | undefined;
  let following: { readonly leader: string; readonly heard: (message: ToTab) => void } | undefined;
  const end = new AbortController();
  const post = (cast: Cast): void => {
    if (!end.signal.aborted) channel.postMessage(cast);
  };

  const followLeader = (leader: string): void => {
    // Without its lock a leader would take this tab for dead; it asks who leads once it has it.
    if (!held || leading !== undefined || following?.leader === leader) return;
    const { wire, heard } = castWire<ToHost, ToTab>((message) => {
      post({ type: "to_leader", leader, tab, message });
    });
    following = { leader, heard };
    wire.send({ type: "hello", lock: ownLock });
    switched.use(remoteHost(wire));
  };
  const heard = (cast: Cast): void => {
    switch (cast.type) {
      case "leader":
        followLeader(cast.leader);
        break;
      case "who":
        if (leading !== undefined) post({ type: "leader", leader: tab });
        break;
      case "to_leader":
        if (leading !== undefined && cast.leader === tab) followerOf(leading, cast.tab, post, tab).heard(cast.message);
        break;
      case "to_tab":
        if (cast.tab === tab && following?.leader === cast.leader) following.heard(cast.message);
    }
  };
  channel.addEventListener("message", (event: MessageEvent) => {
    heard(event.data as Cast);
  });
  // A tab may be closed before it was given a lock. Anything else, such as a host that cannot be made, is for the console.
  const unlessClosed = (reason: unknown): void => {
    if (!end.signal.aborted) throw reason;
  };
  // Leads until this tab is closed.
  const lead = async (): Promise<void> => {
    if (end.signal.aborted) return;
    const host = await createHost();
    const closed = aborted(end.signal).then(() => host.close());
    leading = { server: serveTabs(host, locks), wires: new Map(), closed };
    following = undefined;
    switched.use(leading.server.join());
    post({ type: "leader", leader: tab });
    await closed;
  };
  // Held as long as this tab lives: the leader learns by it when that is over.
  const own = (): Promise<void> => {
    held = true;
    post({ type: "who" });
    return aborted(end.signal);
  };
  locks.request(ownLock, { signal: end.signal }, own).catch(unlessClosed);
  locks
    .request(`${name}/leader`, { signal: end.signal }, () => (end.signal.aborted ? undefined : lead()))
    .catch(unlessClosed);
  return {
    ...switched.host,
    close: async () => {
      // A follower's goodbye goes over the channel.
      await switched.host.close();
      end.abort();
      channel.close();
      await leading?.closed;
    },
  };
}

/** What a leader has. */
interface Leading {
  readonly server: TabServer;
  readonly wires: Map<string, Follower>;
  /** Resolves once the store is closed and the next one may lead. */
  readonly closed: Promise<void>;
}

/** A tab that is served over the channel. */
interface Follower {
  readonly heard: (message: ToHost) => void;
}

function followerOf({ server, wires }: Leading, tab: string, post: (cast: Cast) => void, leader: string): Follower {
  const known = wires.get(tab);
  if (known !== undefined) return known;
  const { wire, heard } = castWire<ToTab, ToHost>((message) => {
    post({ type: "to_tab", leader, tab, message });
  });
  const stop: Stop = server.connect(wire);
  const follower: Follower = {
    heard: (message) => {
      heard(message);
      if (message.type !== "bye") return;
      wires.delete(tab);
      stop();
    },
  };
  wires.set(tab, follower);
  return follower;
}

/** A wire that sends by `send`, and on which comes what `heard` is told. */
function castWire<Out, In>(send: (message: Out) => void): { wire: Wire<Out, In>; heard: (message: In) => void } {
  let listener: ((message: In) => void) | undefined;
  const wire: Wire<Out, In> = {
    send,
    listen: (wanted) => {
      listener = wanted;
      return () => {
        listener = undefined;
      };
    },
  };
  return { wire, heard: (message) => listener?.(message) };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener("abort", () => {
        resolve();
      });
  });
}
