import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { LinkBrowser, type LinkBrowserSnapshot } from "./LinkBrowser.tsx";

function show(snapshot: LinkBrowserSnapshot) {
  const actions = { newCode: vi.fn<() => void>(), back: vi.fn<() => void>() };
  renderView(<LinkBrowser snapshot={snapshot} actions={actions} />);
  return actions;
}
const address = "https://larkmoor.example/#link=K7QXM2RD";
const waiting: LinkBrowserSnapshot = { state: "waiting", code: "K7QX-M2RD", address, left: 42 };

test("the code is there to be scanned, and to be typed", () => {
  show(waiting);
  expect(screen.getByRole("img", { name: "Code for this browser" })).toBeDefined();
  expect(screen.getByText("K7QX-M2RD")).toBeDefined();
});

test("the seconds that are left are not read out", () => {
  show(waiting);
  expect(screen.queryByRole("status")).toBeNull();
});

test.each([
  ["making", "Making a code"],
  ["seen", "Found. Confirm it on your phone."],
  ["linked", "Linked. Your chats are on their way."],
  ["refused", "Your phone said no to this browser."],
  ["failed", "A code could not be made. You may be offline."],
] as const)("%s is read out: %s", (state, text) => {
  show({ state });
  expect(screen.getByRole("status").textContent).toBe(text);
});

test.each(["refused", "failed"] as const)("after %s there can be a new code", (state) => {
  const { newCode } = show({ state });
  fireEvent.click(screen.getByRole("button", { name: "Show a new code" }));
  expect(newCode).toHaveBeenCalledOnce();
});

test("who has no phone at hand goes back to the invitation", () => {
  const { back } = show(waiting);
  fireEvent.click(screen.getByRole("button", { name: "Use an invitation" }));
  expect(back).toHaveBeenCalledOnce();
});
