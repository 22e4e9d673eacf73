import { beforeEach, expect, test } from "vitest";
import { source, type Source } from "../../base/signal.ts";
import { de } from "../../i18n/de.ts";
import { en } from "../../i18n/en.ts";
import { asking, type Asking } from "../../testing/asking.ts";
import { fakeSession, type FakeSession } from "../../testing/session.ts";
import type { DevicesSnapshot } from "../../views/Devices/Devices.tsx";
import { demoWorld } from "../fake/demo.ts";
import type { DevicesModel } from "./devices.ts";
import { settingsModel, type SettingsModel } from "./settings.ts";

type Permission = "default" | "granted" | "denied" | "unavailable";

let permission: Source<Permission>;
let asked: Asking<[], void>;
let leaving: Asking<[], void>;
let devices: Source<DevicesSnapshot>;
let session: FakeSession;
let settings: SettingsModel;

beforeEach(() => {
  permission = source<Permission>("granted");
  asked = asking();
  leaving = asking();
  devices = source<DevicesSnapshot>({ state: "loading" });
  session = fakeSession({
    client: () => ({ signOut: leaving.ask }),
    platform: (fake) => ({ notifications: { ...fake.notifications, permission, ask: asked.ask } }),
  });
  settings = settingsModel(session, { snapshot: devices } as unknown as DevicesModel);
});

const toast = (): string | undefined => session.toasts.current.get()?.text;

test("the list of settings says who one is, and where", () => {
  expect(settings.snapshot.get()).toMatchObject({
    me: { name: "Nora Lind" },
    handle: "nora",
    host: "larkmoor.example",
    language: "As the system",
    page: undefined,
  });
});

test("the server's version is said once it is known", () => {
  expect(settings.snapshot.get().version).toBe("");
  session.server.set({ ...demoWorld.server, version: "0.2" });
  expect(settings.snapshot.get().version).toBe("0.2");
});

test("devices are counted once they were read", () => {
  expect(settings.snapshot.get().devices).toBeUndefined();
  const device = { id: "kitchen", name: "Kitchen", kind: "laptop", current: true, lastSeen: undefined } as const;
  devices.set({ state: "read", devices: [device, { ...device, id: "shed" }] });
  expect(settings.snapshot.get().devices).toBe(2);
});

test("the page that is open is marked, and one leads to it and back", () => {
  session.router.go({ at: "settings", page: undefined, linking: false });
  settings.actions.open("appearance");
  expect(settings.snapshot.get().page).toBe("appearance");
  settings.languageActions.back();
  expect(session.history.hash()).toBe("#/settings");
  settings.actions.back();
  expect(session.history.hash()).toBe("#/");
});

test("a page that was opened by its address leads to the list of settings, too", () => {
  session = fakeSession({ address: "#/settings/notifications" });
  settings = settingsModel(session, { snapshot: devices } as unknown as DevicesModel);
  settings.notificationsActions.back();
  expect(session.history.hash()).toBe("#/settings");
});

test.each([
  ["granted", true, true],
  ["default", true, false],
  ["denied", false, false],
  ["unavailable", false, false],
] as const)("with a permission that is %s the list says %j, and the switch is %j", (given, listed, on) => {
  permission.set(given);
  expect(settings.snapshot.get().notifications).toBe(listed);
  expect(settings.notifications.get()).toMatchObject({ permission: given, on });
});

test("who turns notifications on is asked by the browser, and has them once that allows it", () => {
  permission.set("default");
  session.look.change({ notify: false });
  settings.notificationsActions.setOn(true);
  expect(asked.asked).toHaveLength(1);
  expect(settings.notifications.get().on).toBe(false);
  permission.set("granted");
  expect(settings.notifications.get().on).toBe(true);
});

test("who turns them off is asked nothing, and has none", () => {
  settings.notificationsActions.setOn(false);
  expect(asked.asked).toEqual([]);
  expect(settings.notifications.get().on).toBe(false);
  expect(settings.snapshot.get().notifications).toBe(false);
});

test("a browser that could not even ask is said to have failed", async () => {
  settings.notificationsActions.setOn(true);
  await asked.asked[0]?.fail("not allowed");
  expect(toast()).toBe(en.app.failed);
});

test("what a notification shows is chosen for itself", () => {
  settings.notificationsActions.setPreview(false);
  settings.notificationsActions.setSound(false);
  expect(settings.notifications.get()).toMatchObject({ on: true, preview: false, sound: false });
});

test("a language is chosen, and called by its name in the one that is shown", () => {
  settings.languageActions.setLanguage("de");
  expect(settings.language.get()).toEqual({ language: "de" });
  session.words.set(de);
  expect(settings.snapshot.get().language).toBe(de.language.de);
});

test("who could not log out is told", async () => {
  settings.actions.logOut();
  await leaving.asked[0]?.fail("offline");
  expect(toast()).toBe(en.app.offline);
});
