import { computed, source, type Signal, type Source } from "../../base/signal.ts";
import type { Clock } from "../platform.ts";
import type { Client, DeviceInfo, Id, LinkingState, OwnAccount, OwnProfile, Presence, Profile } from "../ports.ts";
import { fakeConversation } from "./conversation.ts";
import { drawn } from "./portrait.ts";
import { summaryOf, type FakeConversation, type World } from "./world.ts";

/** What the fake's parts share. */
export interface FakeState {
  readonly world: World;
  readonly clock: Clock;
  readonly me: Source<Profile>;
  readonly conversations: Source<readonly FakeConversation[]>;
  readonly connection: Source<World["connection"]>;
  readonly change: (id: Id, change: (before: FakeConversation) => FakeConversation) => void;
}

/** A client without a server: everything that is asked of it happens at once, in memory. */
export interface FakeClient extends Client {
  readonly state: FakeState;
}

/** Why something was not done, as the SDK says it. */
class FakeProblem extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

export function fakeClient(world: World, clock: Clock): FakeClient {
  const conversations = source(world.conversations);
  const state: FakeState = {
    world,
    clock,
    conversations,
    me: source(world.me),
    connection: source(world.connection),
    change: (id, change) => {
      conversations.update((all) => all.map((one) => (one.id === id ? change(one) : one)));
    },
  };
  const account = source<OwnAccount | undefined>(
    world.connection.state === "signed_out"
      ? undefined
      : { account: world.me.account, handle: world.me.handle, device: "device", settings: {} },
  );
  const summaries = new WeakMap<FakeConversation, ReturnType<typeof summaryOf>>();
  const summary = (one: FakeConversation): ReturnType<typeof summaryOf> => {
    const known = summaries.get(one) ?? summaryOf(one);
    summaries.set(one, known);
    return known;
  };
  return {
    state,
    connection: state.connection,
    account,
    conversations: computed((read) => read(conversations).map(summary)),
    conversation: (id) => fakeConversation(state, id),
    onMessage: () => () => undefined,
    ...entryCalls(state, account),
    ...peopleCalls(state),
    devices: deviceCalls(world),
    picture: (hash) => Promise.resolve(new Blob([drawn(hash)], { type: "image/svg+xml" })),
    putGroupPicture: () => Promise.resolve("sign put"),
    setActive: () => undefined,
    connect: () => undefined,
    ...beginnings(state),
  };
}

type EntryCalls = Pick<Client, "server" | "invite" | "handle" | "signUp" | "signOut" | "linking">;

function entryCalls(state: FakeState, account: Source<OwnAccount | undefined>): EntryCalls {
  const { world, connection, me } = state;
  const linking = source<LinkingState>(world.linking);
  return {
    server: () => Promise.resolve(world.server),
    invite: (code) => {
      const worth = world.invites[code] ?? "invite-unknown";
      return typeof worth === "string" ? Promise.reject(new FakeProblem(worth)) : Promise.resolve({ from: worth });
    },
    handle: (handle) => Promise.resolve({ handle, free: !world.taken.includes(handle) }),
    signUp: ({ handle, name }) => {
      if (world.taken.includes(handle)) return Promise.reject(new FakeProblem("handle-taken"));
      me.update((before) => ({ ...before, handle, name }));
      account.set({ account: world.me.account, handle, device: "device", settings: {} });
      connection.set({ state: "online" });
      return Promise.resolve();
    },
    signOut: () => {
      account.set(undefined);
      connection.set({ state: "signed_out" });
      return Promise.resolve();
    },
    linking: {
      state: linking,
      ask: () => Promise.resolve(),
      cancel: () => undefined,
    },
  };
}

function peopleCalls({ world, me }: FakeState): Pick<Client, "profiles" | "presence" | "profile"> {
  const profiles = new Map<Id, Signal<Profile | undefined>>();
  const nobody: Presence = { online: false, lastSeen: undefined };
  const own = (): OwnProfile => ({ ...me.get(), created: 0 });
  const presences = new Map<Id, Signal<Presence>>();
  return {
    profiles: {
      get: (account) => {
        const known =
          profiles.get(account) ??
          (account === world.me.account ? me : source(world.people.find((one) => one.account === account)));
        profiles.set(account, known);
        return known;
      },
      search: (query, limit = 50) => {
        const wanted = query.replace(/^@/u, "").toLowerCase();
        const found = world.people.filter(
          ({ handle, name }) => handle.includes(wanted) || name.toLowerCase().includes(wanted),
        );
        return Promise.resolve([...found].sort((left, right) => left.name.localeCompare(right.name)).slice(0, limit));
      },
    },
    presence: (account) => {
      const known = presences.get(account) ?? source(world.presence[account] ?? nobody);
      presences.set(account, known);
      return known;
    },
    profile: {
      get: () => Promise.resolve(own()),
      change: (change) => {
        me.update((before) => ({ ...before, ...change, version: before.version + 1 }));
        return Promise.resolve(own());
      },
      putPicture: () => {
        me.update((before) => ({ ...before, picture: "face put" }));
        return Promise.resolve("face put");
      },
      deletePicture: () => {
        me.update((before) => ({ ...before, picture: null }));
        return Promise.resolve();
      },
    },
  };
}

function deviceCalls(world: World): Client["devices"] {
  const devices = source<readonly DeviceInfo[]>(world.devices);
  const changes = source(0);
  const change = (next: readonly DeviceInfo[]): Promise<void> => {
    devices.set(next);
    changes.update((count) => count + 1);
    return Promise.resolve();
  };
  return {
    changes,
    list: () => Promise.resolve(devices.get()),
    rename: (device, name) => change(devices.get().map((one) => (one.device === device ? { ...one, name } : one))),
    revoke: (device) => change(devices.get().filter((one) => one.device !== device)),
    claim: (code) =>
      code === "ABCDEFGH"
        ? Promise.resolve({ link: "link", device_name: "Firefox on Linux", created: 0 })
        : Promise.reject(new FakeProblem("code-unknown")),
    confirm: () => Promise.resolve(),
    refuse: () => Promise.resolve(),
  };
}

function beginnings({ world, conversations }: FakeState): Pick<Client, "startDirect" | "createGroup"> {
  const people = (ids: readonly Id[]): Profile[] => world.people.filter(({ account }) => ids.includes(account));
  return {
    startDirect: (account) => {
      const there = conversations.get().find((one) => one.kind === "direct" && one.others[0]?.account === account);
      if (there !== undefined) return Promise.resolve(there.id);
      const id = `d${account.slice(1)}`;
      conversations.update((all) => [{ id, kind: "direct", others: people([account]), messages: [] }, ...all]);
      return Promise.resolve(id);
    },
    createGroup: ({ name, members, picture }) => {
      const id = `g${"bcdefghijk".charAt(conversations.get().length % 10)}`.padEnd(26, "a");
      const group: FakeConversation = {
        id,
        kind: "group",
        name,
        others: people(members),
        role: "owner",
        messages: [],
        ...(picture === undefined ? {} : { picture }),
      };
      conversations.update((all) => [group, ...all]);
      return Promise.resolve(id);
    },
  };
}
