import { beforeEach, expect, test } from "vitest";
import { source, type Source } from "../base/signal.ts";
import { connectionModel, type ConnectionModel } from "./connection.ts";
import { fakeClient, type FakeClient } from "./fake/client.ts";
import { demoWorld } from "./fake/demo.ts";
import { fakePlatform, type FakePlatform } from "./fake/platform.ts";

let networked: Source<boolean>;
let platform: FakePlatform;
let client: FakeClient;
let model: ConnectionModel;

beforeEach(() => {
  networked = source(true);
  platform = fakePlatform({ now: 0, networked });
  client = fakeClient(demoWorld, platform.clock);
  model = connectionModel(client, platform);
});

const said = (): string => model.snapshot.get().state;
const lose = (): void => {
  client.state.connection.set({ state: "offline", retryAt: undefined });
};
const pass = (ms: number): void => {
  platform.clock.advance(ms);
};

test("a connection that is back within two seconds was never away", () => {
  lose();
  pass(1_999);
  expect(said()).toBe("online");
  client.state.connection.set({ state: "online" });
  pass(60_000);
  expect(said()).toBe("online");
});

test("after two seconds it is being made, after five one is offline", () => {
  lose();
  pass(2_000);
  expect(said()).toBe("connecting");
  pass(2_999);
  expect(said()).toBe("connecting");
  pass(1);
  expect(said()).toBe("offline");
});

test("tries in between do not begin the time anew", () => {
  lose();
  pass(3_000);
  client.state.connection.set({ state: "connecting" });
  pass(1_000);
  lose();
  pass(1_000);
  expect(said()).toBe("offline");
});

test("one is offline at once if the browser itself says so", () => {
  networked.set(false);
  expect(said()).toBe("online");
  lose();
  expect(said()).toBe("offline");
  networked.set(true);
  expect(said()).toBe("online");
});

test("a connection that is lost again is lost from then on", () => {
  lose();
  pass(5_000);
  client.state.connection.set({ state: "online" });
  expect(said()).toBe("online");
  lose();
  expect(said()).toBe("online");
  pass(2_000);
  expect(said()).toBe("connecting");
});

test("what was planned for an earlier loss is not said of the next one", () => {
  lose();
  pass(1_500);
  client.state.connection.set({ state: "online" });
  lose();
  pass(1_999);
  expect(said()).toBe("online");
});

test("what was missed is said to come", () => {
  client.state.connection.set({ state: "catching_up" });
  expect(said()).toBe("updating");
});

test.each(["credentials", "taken_over", "store"] as const)("a refusal (%s) is said at once, with why", (reason) => {
  client.state.connection.set({ state: "refused", reason });
  expect(model.snapshot.get()).toEqual({ state: "refused", reason });
});

test("an app that was opened without a connection waits as long as any other", () => {
  lose();
  const opened = connectionModel(client, platform);
  pass(2_000);
  expect(opened.snapshot.get().state).toBe("connecting");
});

test("a page without TLS is said to be unsafe, but first that one is offline", () => {
  model = connectionModel(client, { ...platform, insecure: true });
  expect(said()).toBe("insecure");
  lose();
  pass(5_000);
  expect(said()).toBe("offline");
});

test("who listens is told of each step", () => {
  const told = [said()];
  model.snapshot.subscribe(() => {
    if (told.at(-1) !== said()) told.push(said());
  });
  lose();
  pass(10_000);
  client.state.connection.set({ state: "catching_up" });
  client.state.connection.set({ state: "online" });
  expect(told).toEqual(["online", "connecting", "offline", "updating", "online"]);
});

test("after its end no time runs", () => {
  lose();
  model.end();
  pass(60_000);
  expect(said()).toBe("online");
});
