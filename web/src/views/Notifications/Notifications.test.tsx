import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Notifications, type NotificationsSnapshot } from "./Notifications.tsx";

function show(part: Partial<NotificationsSnapshot> = {}) {
  const actions = {
    back: vi.fn<() => void>(),
    setOn: vi.fn<(on: boolean) => void>(),
    setPreview: vi.fn<(on: boolean) => void>(),
    setSound: vi.fn<(on: boolean) => void>(),
  };
  const snapshot = { permission: "granted", on: true, preview: true, sound: false, ...part } as const;
  renderView(<Notifications snapshot={snapshot} actions={actions} />);
  return actions;
}

test.each([
  [/^Show notifications/u, "setOn", false],
  [/^Show what was written/u, "setPreview", false],
  [/^Play a sound/u, "setSound", true],
] as const)("the switch %s turns to the other side", (name, action, to) => {
  const actions = show();
  fireEvent.click(screen.getByRole("switch", { name }));
  expect(actions[action]).toHaveBeenCalledExactlyOnceWith(to);
});

test("while none are shown, nothing more is asked about them", () => {
  show({ on: false });
  expect(screen.getAllByRole("switch")).toHaveLength(1);
});

test.each([
  ["denied", /does not allow notifications/u],
  ["unavailable", /has no notifications/u],
] as const)("where they are %s, the switch is off, cannot be used, and it says why", (permission, why) => {
  show({ permission });
  const one = screen.getByRole<HTMLButtonElement>("switch");
  expect(one.getAttribute("aria-checked")).toBe("false");
  expect(one.disabled).toBe(true);
  expect(screen.getByText(why)).toBeDefined();
});
