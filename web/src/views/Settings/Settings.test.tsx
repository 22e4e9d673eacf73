import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { face } from "../../gallery/samples.ts";
import { renderView } from "../../testing/render.tsx";
import { Settings, type SettingsSnapshot } from "./Settings.tsx";

const base: SettingsSnapshot = {
  me: face("Nora Lind"),
  handle: "nora",
  host: "larkmoor.example",
  version: "0.1",
  notifications: true,
  devices: 3,
  language: "As the system",
  page: "appearance",
};

function show(part: Partial<SettingsSnapshot> = {}, locale: "en" | "de" = "en") {
  const actions = { back: vi.fn<() => void>(), open: vi.fn<(page: string) => void>(), logOut: vi.fn<() => void>() };
  renderView(<Settings snapshot={{ ...base, ...part }} actions={actions} />, locale);
  return actions;
}
const button = (name: RegExp | string): HTMLElement => screen.getByRole("button", { name });

test.each([
  [/Nora Lind/u, "profile"],
  [/^Notifications/u, "notifications"],
  [/^Appearance/u, "appearance"],
  [/^Linked devices/u, "devices"],
  [/^Language/u, "language"],
])("%s opens the page %s", (name, page) => {
  const { open } = show();
  fireEvent.click(button(name));
  expect(open).toHaveBeenCalledExactlyOnceWith(page);
});

test("only the page that is shown is the current one", () => {
  show();
  expect(screen.getAllByRole("button").filter((one) => one.hasAttribute("aria-current"))).toEqual([
    button(/^Appearance/u),
  ]);
});

test.each([
  [true, "On while the app is open"],
  [false, "Off"],
])("notifications that are on (%s) say: %s", (notifications, text) => {
  show({ notifications });
  expect(button(/^Notifications/u).textContent).toContain(text);
});

test("one logs out only after the question", () => {
  const { logOut } = show();
  fireEvent.click(button("Log out"));
  expect(logOut).not.toHaveBeenCalled();
  expect(screen.getByRole("alertdialog", { name: "Log out of this device?" })).toBeDefined();
  const [, confirm] = screen.getAllByRole("button", { name: "Log out" });
  fireEvent.click(confirm ?? document.body);
  expect(logOut).toHaveBeenCalledOnce();
});

test("who has one device only is told that there is no way back", () => {
  show({ devices: 1 });
  fireEvent.click(button("Log out"));
  expect(screen.getByText(/without another you cannot come back in/u)).toBeDefined();
});

test("who stays logged in has logged out nothing", () => {
  const { logOut } = show();
  fireEvent.click(button("Log out"));
  fireEvent.click(button("Stay logged in"));
  expect(screen.queryByRole("alertdialog")).toBeNull();
  expect(logOut).not.toHaveBeenCalled();
});

test("in German, the way back is called so", () => {
  const { back } = show({}, "de");
  fireEvent.click(button("Zurück"));
  expect(back).toHaveBeenCalledOnce();
});
