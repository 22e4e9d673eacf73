import { expect, test } from "vitest";
import { chatSettingsOf, withChatSettings } from "./chatSettings.ts";

test("what was never set is off", () => {
  expect(chatSettingsOf({})).toEqual({ pinned: false, muted: false, archived: false, marked: false });
});

test("what was set is read as it was written", () => {
  const all = { pinned: true, muted: true, archived: true, marked: true };
  expect(chatSettingsOf(withChatSettings({}, all))).toEqual(all);
});

test.each([1, "yes", null, {}])("%j of another version is not taken for on", (value) => {
  expect(chatSettingsOf({ pinned: value }).pinned).toBe(false);
});

test("what is not known here stays as it is", () => {
  const wallpaper = { wallpaper: { name: "dunes" }, muted: true };
  expect(withChatSettings(wallpaper, { pinned: true })).toEqual({ ...wallpaper, pinned: true });
});

test("what is turned off is not written any more", () => {
  expect(withChatSettings({ pinned: true, unread: true }, { pinned: false, marked: false })).toEqual({});
});

test("settings that are changed are not those that there were", () => {
  const before = { pinned: true };
  withChatSettings(before, { pinned: false });
  expect(before).toEqual({ pinned: true });
});
