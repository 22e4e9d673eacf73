import { expect, test } from "vitest";
import { clientOf } from "./client.ts";
import type { Host, Topic } from "./host.ts";

/** A host that is only watched; `give` tells who watches a kind of topic. */
function watchedHost(): {
  host: Host;
  give: (of: Topic["of"], value: unknown) => void;
  count: (of: Topic["of"]) => number;
} {
  const watches = new Set<{ readonly of: string; readonly listener: (value: never) => void }>();
  const all = (of: string) => [...watches].filter((watch) => watch.of === of);
  return {
    host: {
      call: (() => Promise.resolve()) as Host["call"],
      watch: (topic, listener) => {
        const watch = { of: topic.of, listener };
        watches.add(watch);
        return () => void watches.delete(watch);
      },
      close: () => Promise.resolve(),
    },
    give: (of, value) => {
      for (const { listener } of all(of)) listener(value as never);
    },
    count: (of) => all(of).length,
  };
}

test("who asks for an account's presence or profile again gets what is known, and is told by the same watch", () => {
  const { host, give, count } = watchedHost();
  const client = clientOf(host);
  const ends = [client.presence("a").subscribe(() => undefined), client.profiles.get("a").subscribe(() => undefined)];
  give("presence", { online: true, lastSeen: undefined });
  give("profile", { account: "a", name: "Ada" });
  expect(client.presence("a").get()).toEqual({ online: true, lastSeen: undefined });
  expect(client.profiles.get("a").get()).toEqual({ account: "a", name: "Ada" });
  expect([count("presence"), count("profile")]).toEqual([1, 1]);
  for (const end of ends) end();
  expect([count("presence"), count("profile")]).toEqual([0, 0]);
});

test("once it is known who is signed in, the list of conversations is there", () => {
  const order: string[] = [];
  clientOf({
    call: (() => Promise.resolve()) as Host["call"],
    watch: ({ of }) => {
      order.push(of);
      return () => undefined;
    },
    close: () => Promise.resolve(),
  });
  expect(order.indexOf("conversations")).toBeLessThan(order.indexOf("account"));
});
