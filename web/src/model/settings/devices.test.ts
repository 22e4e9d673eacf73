import { expect, test } from "vitest";
import { source } from "../../base/signal.ts";
import { asking, settled } from "../../testing/asking.ts";
import { fakeSession } from "../../testing/session.ts";
import type { DeviceInfo } from "../ports.ts";
import { devicesModel, type DevicesModel } from "./devices.ts";

const device = (name: string, more: Partial<DeviceInfo> = {}): DeviceInfo => ({
  device: name,
  name,
  created: 1,
  last_seen: 1,
  current: false,
  ...more,
});

function setUp() {
  const lists = asking<[], readonly DeviceInfo[]>();
  const revokes = asking<[string], undefined>();
  const changes = source(0);
  const session = fakeSession({
    client: (fake) => ({
      devices: { ...fake.devices, changes, list: lists.ask, revoke: revokes.ask, rename: () => Promise.resolve() },
    }),
  });
  return { session, lists, revokes, changes, model: devicesModel(session) };
}

const names = ({ snapshot }: DevicesModel): string[] | string => {
  const now = snapshot.get();
  return now.state === "read" ? now.devices.map(({ name }) => name) : now.state;
};

test("devices are read when they are first wanted: this one first, then by when they were last there", async () => {
  const { lists, changes, model } = setUp();
  changes.set(1);
  expect(lists.asked).toEqual([]);
  model.load();
  model.load();
  expect(lists.asked.length).toBe(1);
  expect(names(model)).toBe("loading");
  await lists.asked[0]?.answer([
    device("Shed", { last_seen: 3 }),
    device("Phone", { current: true }),
    device("Kitchen", { last_seen: 9 }),
  ]);
  expect(names(model)).toEqual(["Phone", "Kitchen", "Shed"]);
});

test("a device that comes is read, and an older answer does not take it away again", async () => {
  const { lists, changes, model } = setUp();
  model.load();
  changes.set(1);
  await lists.asked[1]?.answer([device("Phone"), device("Kitchen")]);
  await lists.asked[0]?.answer([device("Phone")]);
  expect(names(model)).toEqual(["Phone", "Kitchen"]);
});

test("what could not be read is read again when one wants that", async () => {
  const { lists, model } = setUp();
  model.load();
  await lists.asked[0]?.fail("offline");
  expect(names(model)).toBe("failed");
  model.actions.retry();
  expect(names(model)).toBe("loading");
  await lists.asked[1]?.answer([device("Phone")]);
  expect(names(model)).toEqual(["Phone"]);
});

test("devices that are there stay when they cannot be read again", async () => {
  const { lists, changes, model } = setUp();
  model.load();
  await lists.asked[0]?.answer([device("Phone")]);
  changes.set(1);
  await lists.asked[1]?.fail("offline");
  expect(names(model)).toEqual(["Phone"]);
});

test("that a device was logged out is said by its name, and it is gone", async () => {
  const { session, lists, revokes, model } = setUp();
  model.load();
  await lists.asked[0]?.answer([device("Phone"), device("Kitchen")]);
  model.actions.logOut("Kitchen");
  expect(session.toasts.current.get()).toBeUndefined();
  await revokes.asked[0]?.answer(undefined);
  expect(session.toasts.current.get()?.text).toBe(session.words.get().devices.loggedOut("Kitchen"));
  await lists.asked[1]?.answer([device("Phone")]);
  expect(names(model)).toEqual(["Phone"]);
});

test("a device that could not be logged out stays, and that is said", async () => {
  const { session, lists, revokes, model } = setUp();
  model.load();
  await lists.asked[0]?.answer([device("Phone"), device("Kitchen")]);
  model.actions.logOut("Kitchen");
  await revokes.asked[0]?.fail("offline");
  expect(session.toasts.current.get()?.text).toBe(session.words.get().app.offline);
  expect(names(model)).toEqual(["Phone", "Kitchen"]);
});

test("a device is read under its new name", async () => {
  const { lists, model } = setUp();
  model.load();
  await lists.asked[0]?.answer([device("Phone")]);
  model.actions.rename("Phone", "Work phone");
  await settled();
  await lists.asked[1]?.answer([device("Phone", { name: "Work phone" })]);
  expect(names(model)).toEqual(["Work phone"]);
});
