import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { at } from "../../model/fake/demoTime.ts";
import { renderView } from "../../testing/render.tsx";
import { Devices, type DevicesSnapshot } from "./Devices.tsx";

const read: DevicesSnapshot = {
  state: "read",
  devices: [
    { id: "a", name: "Nora’s phone", kind: "phone", current: true, lastSeen: at("09:41") },
    { id: "b", name: "Kitchen laptop", kind: "laptop", current: false, lastSeen: at("21:10", 1) },
    { id: "c", name: "Shed", kind: "desktop", current: false, lastSeen: undefined },
  ],
};

function show(snapshot: DevicesSnapshot = read) {
  const actions = {
    back: vi.fn<() => void>(),
    link: vi.fn<() => void>(),
    logOut: vi.fn<(id: string) => void>(),
    rename: vi.fn<(id: string, name: string) => void>(),
    retry: vi.fn<() => void>(),
  };
  renderView(<Devices snapshot={snapshot} actions={actions} />);
  return actions;
}
const press = (name: string): void => {
  fireEvent.click(screen.getByRole("button", { name }));
};

test("each device says when it was active", () => {
  show();
  const [phone, laptop, shed] = screen.getAllByRole("listitem").map(({ textContent }) => textContent);
  expect(phone).toContain("Active now");
  expect(laptop).toContain("Active yesterday at 21:10");
  expect(shed).toContain("Not active yet");
});

test("this device cannot be logged out from its own list", () => {
  show();
  expect(screen.queryByRole("button", { name: "Log out Nora’s phone" })).toBeNull();
});

test("before a device is logged out, that is asked", () => {
  const { logOut } = show();
  press("Log out Shed");
  expect(logOut).not.toHaveBeenCalled();
  const question = screen.getByRole("alertdialog", { name: "Log out Shed?" });
  fireEvent.click(within(question).getByRole("button", { name: "Log it out" }));
  expect(logOut).toHaveBeenCalledExactlyOnceWith("c");
});

test("a device that is kept stays in", () => {
  const { logOut } = show();
  press("Log out Shed");
  press("Keep it");
  expect(screen.queryByRole("alertdialog")).toBeNull();
  expect(logOut).not.toHaveBeenCalled();
});

test("this device gets another name", () => {
  const { rename } = show();
  press("Change name");
  const field = screen.getByRole("textbox", { name: "Device name" });
  fireEvent.change(field, { target: { value: " Phone " } });
  fireEvent.submit(field);
  expect(rename).toHaveBeenCalledExactlyOnceWith("a", "Phone");
});

test("a device can be linked", () => {
  const { link } = show();
  press("Link a device");
  expect(link).toHaveBeenCalledOnce();
});

test("devices that could not be read are said aloud, and are asked for again", () => {
  const { retry } = show({ state: "failed" });
  expect(screen.getByRole("alert").textContent).toContain("The devices could not be read.");
  press("Try again");
  expect(retry).toHaveBeenCalledOnce();
});

test("while they are read, that is said", () => {
  show({ state: "loading" });
  expect(screen.getByRole("status", { name: "Loading" })).toBeDefined();
});
