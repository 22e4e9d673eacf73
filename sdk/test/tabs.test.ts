import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Locks } from "../src/base/locks.ts";
import { clientOf } from "../src/client/client.ts";
import type { Client } from "../src/client/client.ts";
import type { Calls, Host } from "../src/client/host.ts";
import { Problem } from "../src/http/problem.ts";
import { electedHost } from "../src/tabs/elected.ts";
import { followPage } from "../src/tabs/page.ts";
import { interrupted, remoteHost, tellWhenGone } from "../src/tabs/remote.ts";
import { serveTabs } from "../src/tabs/serve.ts";
import { laterHost, switchedHost } from "../src/tabs/switch.ts";
import { portWire } from "../src/tabs/wire.ts";
import type { ToHost, ToTab } from "../src/tabs/wire.ts";

/** A host that answers what a test wants, and of which a test can see what it was asked. */
function fakeHost(answers: Partial<Record<keyof Calls, (...args: never[]) => unknown>> = {}) {
  const watched: string[] = [];
  const listeners = new Set<(value: never) => void>();
  const asked: [string, ...unknown[]][] = [];
  let closed = false;
  const host: Host = {
    call: ((name: keyof Calls, ...args: never[]): Promise<unknown> => {
      asked.push([name, ...args]);
      return new Promise((resolve) => {
        resolve(answers[name]?.(...args));
      });
    }) as Host["call"],
    watch: (topic, listener) => {
      watched.push(topic.of);
      listeners.add(listener);
      return () => {
        watched.splice(watched.indexOf(topic.of), 1);
        listeners.delete(listener);
      };
    },
    close: () => {
      closed = true;
      return Promise.resolve();
    },
  };
  const give = (value: unknown): void => {
    for (const listener of listeners) listener(value as never);
  };
  return { host, watched, asked, give, isClosed: () => closed };
}

/** The Web Locks of one origin, with one tab's hold on them: `die` lets go of everything that the tab holds. */
function origin() {
  const queues = new Map<string, (() => Promise<void>)[]>();
  const next = (name: string): void => {
    const [first] = queues.get(name) ?? [];
    if (first !== undefined) void first();
  };
  const tab = (): { locks: Locks; die: () => void } => {
    const held = new Set<() => void>();
    const request = (name: string, ...rest: unknown[]): Promise<unknown> => {
      const callback = rest.at(-1) as () => unknown;
      const { signal } = (rest.length > 1 ? rest[0] : {}) as { signal?: AbortSignal };
      const queue = queues.get(name) ?? [];
      queues.set(name, queue);
      const free = queue.length === 0;
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          queue.splice(queue.indexOf(run), 1);
          held.delete(leave);
          next(name);
        };
        const run = async (): Promise<void> => {
          held.add(leave);
          resolve(await callback());
          if (held.has(leave)) leave();
        };
        signal?.addEventListener("abort", () => {
          if (!held.has(leave) && queue.includes(run)) {
            queue.splice(queue.indexOf(run), 1);
            reject(new DOMException("aborted", "AbortError"));
          }
        });
        queue.push(run);
        if (free) next(name);
      });
    };
    return {
      locks: { request: request },
      die: () => {
        for (const leave of [...held]) leave();
      },
    };
  };
  return { tab };
}

describe("a host at the other end of a message port", () => {
  let channel: MessageChannel;
  const ends: (() => void)[] = [];
  beforeEach(() => {
    channel = new MessageChannel();
    ends.push(() => {
      channel.port1.close();
    });
  });
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });

  const connect = (host: Host, worker?: Locks, page?: Locks): Host => {
    serveTabs(host, worker).connect(portWire<ToTab, ToHost>(channel.port1));
    const wire = portWire<ToHost, ToTab>(channel.port2);
    if (page !== undefined) tellWhenGone(wire, "page", page);
    return remoteHost(wire);
  };

  test("answers, and rejects with the same problem", async () => {
    const there = fakeHost({
      send: () => "id",
      members: () => {
        throw new Problem("not-member", "no such conversation", 404);
      },
    });
    const here = connect(there.host);
    expect(await here.call("send", "c", { type: "text", text: "x" }, "k")).toBe("id");
    const rejection = await here.call("members", "c").catch((reason: unknown) => reason);
    expect(rejection).toBeInstanceOf(Problem);
    expect(rejection).toMatchObject({ reason: "not-member", status: 404, message: "not-member: no such conversation" });
    expect(there.asked[0]).toEqual(["send", "c", { type: "text", text: "x" }, "k"]);
  });

  test("gives what is watched, until it is not watched any more", async () => {
    const there = fakeHost();
    const here = connect(there.host);
    const seen = vi.fn();
    const stop = here.watch({ of: "connection" }, seen);
    await expect.poll(() => there.watched).toEqual(["connection"]);
    there.give({ state: "online" });
    await expect.poll(() => seen.mock.calls).toEqual([[{ state: "online" }]]);
    stop();
    await expect.poll(() => there.watched).toEqual([]);
  });

  test("keeps the objects of what has not changed", async () => {
    const there = fakeHost();
    const here = connect(there.host);
    const seen: { readonly id: string }[][] = [];
    here.watch({ of: "conversations" }, (all) => seen.push(all as never));
    await expect.poll(() => there.watched).toEqual(["conversations"]);
    there.give([{ id: "a", unread: 0 }]);
    there.give([
      { id: "b", unread: 1 },
      { id: "a", unread: 0 },
    ]);
    await expect.poll(() => seen.length).toBe(2);
    expect(seen[1]?.[1]).toBe(seen[0]?.[0]);
  });

  test("a tab that says goodbye takes what it watched along", async () => {
    const there = fakeHost();
    const here = connect(there.host);
    here.watch({ of: "conversations" }, vi.fn());
    await expect.poll(() => there.watched).toEqual(["conversations"]);
    const asked = here.call("devices");
    await here.close();
    await expect(asked).rejects.toMatchObject({ reason: "interrupted" });
    await expect.poll(() => there.watched).toEqual([]);
    expect(there.isClosed()).toBe(false);
  });

  test("so does one that dies without a word, as its lock tells", async () => {
    const locks = origin();
    const [worker, page] = [locks.tab(), locks.tab()];
    const there = fakeHost();
    const here = connect(there.host, worker.locks, page.locks);
    here.watch({ of: "conversations" }, vi.fn());
    await expect.poll(() => there.watched).toEqual(["conversations"]);
    page.die();
    await expect.poll(() => there.watched).toEqual([]);
  });

  test("a tab that is given its lock late is not taken for dead", async () => {
    const locks = origin();
    const [worker, page, other] = [locks.tab(), locks.tab(), locks.tab()];
    void other.locks.request("page", () => new Promise(() => undefined));
    const there = fakeHost();
    const here = connect(there.host, worker.locks, page.locks);
    here.watch({ of: "conversations" }, vi.fn());
    await expect.poll(() => there.watched).toEqual(["conversations"]);
    other.die();
    // What is answered now was asked after the lock went from one to the other.
    await here.call("devices");
    expect(there.watched).toEqual(["conversations"]);
    page.die();
    await expect.poll(() => there.watched).toEqual([]);
  });
});

test("the person looks as long as any tab is in front", async () => {
  const there = fakeHost();
  const server = serveTabs(there.host, undefined);
  const tabs = [new MessageChannel(), new MessageChannel()].map(({ port1, port2 }) => {
    server.connect(portWire<ToTab, ToHost>(port1));
    return { host: remoteHost(portWire<ToHost, ToTab>(port2)), port1 };
  });
  const [first, second] = tabs;
  await first?.host.call("setActive", true);
  await second?.host.call("setActive", true);
  await first?.host.call("setActive", false);
  await second?.host.close();
  await expect.poll(() => there.asked.map(([, active]) => active)).toEqual([true, true, true, false]);
  for (const { port1 } of tabs) port1.close();
});

describe("a host that is one after the other", () => {
  test("asks the next one again what may be asked twice, and says of the rest that it was interrupted", async () => {
    const never = (): Promise<never> => new Promise(() => undefined);
    const [first, second] = [fakeHost({ send: never, createGroup: never }), fakeHost({ send: () => "id" })];
    const { host, use } = switchedHost();
    const sent = host.call("send", "c", { type: "text", text: "x" }, "k");
    use(first.host);
    const group = host.call("createGroup", { name: "g", members: [] });
    use(undefined);
    await expect(group).rejects.toMatchObject({ reason: interrupted().reason });
    use(second.host);
    expect(await sent).toBe("id");
  });

  test("an answer of an earlier one does not count", async () => {
    let late: (id: string) => void = () => undefined;
    const first = fakeHost({ send: () => new Promise((resolve) => (late = resolve)) });
    const { host, use } = switchedHost();
    use(first.host);
    const sent = host.call("send", "c", { type: "text", text: "x" }, "k");
    use(undefined);
    late("early");
    await Promise.resolve();
    use(fakeHost({ send: () => "right" }).host);
    expect(await sent).toBe("right");
  });

  test("tells the next one whether somebody looks", () => {
    const [first, second] = [fakeHost(), fakeHost()];
    const { host, use } = switchedHost();
    use(first.host);
    void host.call("setActive", false);
    use(second.host);
    expect(second.asked[0]).toEqual(["setActive", false]);
  });

  test("watches at the next one what is watched", () => {
    const [first, second] = [fakeHost(), fakeHost()];
    const { host, use } = switchedHost();
    const seen = vi.fn();
    const stop = host.watch({ of: "connection" }, seen);
    use(first.host);
    use(second.host);
    expect([first.watched, second.watched]).toEqual([[], ["connection"]]);
    first.give(1);
    second.give(2);
    expect(seen.mock.calls).toEqual([[2]]);
    stop();
    expect(second.watched).toEqual([]);
  });
});

describe("a host whose code is still to come", () => {
  test("answers once it is there", async () => {
    const { promise, resolve } = Promise.withResolvers<Host>();
    const host = laterHost(() => promise);
    const sent = host.call("send", "c", { type: "text", text: "x" }, "k");
    const there = fakeHost({ send: () => "id" });
    resolve(there.host);
    expect(await sent).toBe("id");
    await host.close();
    expect(there.isClosed()).toBe(true);
  });

  test("is closed when it comes, if nobody wants it any more", async () => {
    const { promise, resolve } = Promise.withResolvers<Host>();
    const host = laterHost(() => promise);
    const closed = host.close();
    const there = fakeHost();
    resolve(there.host);
    await closed;
    expect(there.isClosed()).toBe(true);
  });
});

describe("tabs without a worker", () => {
  let names = 0;
  const opened: Client[] = [];
  const channels: BroadcastChannel[] = [];
  afterEach(async () => {
    for (const client of opened.splice(0)) await client.close();
    for (const channel of channels.splice(0)) channel.close();
  });

  /** Tabs of one origin on one store; `leaders` are those that opened the store, in their order. */
  const browser = () => {
    const name = `test${++names}`;
    const { tab } = origin();
    const leaders: { readonly tab: string; readonly fake: ReturnType<typeof fakeHost> }[] = [];
    const open = (id: string) => {
      const { locks, die } = tab();
      const fake = fakeHost({ send: () => id });
      const host = electedHost({
        name,
        locks,
        tab: id,
        channel: (wanted) => {
          const channel = new BroadcastChannel(wanted);
          channels.push(channel);
          return channel;
        },
        createHost: () => {
          leaders.push({ tab: id, fake });
          return Promise.resolve(fake.host);
        },
      });
      const client = clientOf(host);
      opened.push(client);
      return { host, client, fake, die };
    };
    return { open, leaders };
  };
  const say = (host: Host): Promise<string> => host.call("send", "c", { type: "text", text: "x" }, "k");

  test("one of them has the store, and all of them are answered by it", async () => {
    const { open, leaders } = browser();
    const [first, second] = [open("first"), open("second")];
    expect(await say(first.host)).toBe("first");
    expect(await say(second.host)).toBe("first");
    expect(leaders.map(({ tab }) => tab)).toEqual(["first"]);
  });

  test("when it is closed the next one goes on, and what the others watch goes on with it", async () => {
    const { open, leaders } = browser();
    const [first, second, third] = [open("first"), open("second"), open("third")];
    const seen = vi.fn();
    third.host.watch({ of: "devices" }, seen);
    expect(await say(third.host)).toBe("first");
    await first.host.close();
    await expect.poll(() => leaders.map(({ tab }) => tab)).toEqual(["first", "second"]);
    expect(first.fake.isClosed()).toBe(true);
    expect(await say(third.host)).toBe("second");
    second.fake.give(7);
    await expect.poll(() => seen.mock.calls).toContainEqual([7]);
  });

  test("a follower that is closed leaves nothing behind", async () => {
    const { open, leaders } = browser();
    const [first, second] = [open("first"), open("second")];
    await say(second.host);
    const before = first.fake.watched.length;
    await second.host.close();
    await expect.poll(() => first.fake.watched.length).toBeLessThan(before);
    expect(leaders).toHaveLength(1);
  });
});

describe("a page", () => {
  test("connects when it comes to the front, and when the network has changed", () => {
    const hidden: { visibilityState: DocumentVisibilityState } = { visibilityState: "hidden" };
    const document = Object.assign(new EventTarget(), hidden);
    const [window, network] = [new EventTarget(), new EventTarget()];
    const connect = vi.fn();
    followPage({ connect }, { document, window, network });
    document.dispatchEvent(new Event("visibilitychange"));
    expect(connect).not.toHaveBeenCalled();
    document.visibilityState = "visible";
    document.dispatchEvent(new Event("visibilitychange"));
    expect(connect).toHaveBeenCalledTimes(1);
    window.dispatchEvent(new Event("online"));
    network.dispatchEvent(new Event("change"));
    expect(connect).toHaveBeenCalledTimes(3);
  });
});
