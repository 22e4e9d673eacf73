import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Chips } from "./Chips.tsx";

const chips = [
  { value: "all", label: "All" },
  { value: "unread", label: "Unread", count: 3 },
  { value: "groups", label: "Groups", count: 0 },
] as const;
type Value = (typeof chips)[number]["value"];

function show(value: Value = "all") {
  const change = vi.fn<(value: Value) => void>();
  renderView(<Chips label="Filter" chips={chips} value={value} onChange={change} />);
  return change;
}
const chip = (name: string): HTMLElement => screen.getByRole("radio", { name });

test("they have a name, and one of them is chosen", () => {
  show("unread");
  expect(screen.getByRole("radiogroup", { name: "Filter" })).toBeDefined();
  expect(screen.getAllByRole("radio", { checked: true })).toEqual([chip("Unread 3")]);
});

test("the chosen one is the one tab stop", () => {
  show("unread");
  expect(screen.getAllByRole("radio").map(({ tabIndex }) => tabIndex)).toEqual([-1, 0, -1]);
});

test("a count is read with its word, but not that there is none", () => {
  show();
  expect(screen.getAllByRole("radio").map(({ textContent }) => textContent)).toEqual(["All", "Unread 3", "Groups"]);
});

test("an arrow moves, chooses, and does not scroll", () => {
  const change = show();
  expect(fireEvent.keyDown(chip("All"), { key: "ArrowRight" })).toBe(false);
  expect(change).toHaveBeenCalledExactlyOnceWith("unread");
  expect(document.activeElement).toBe(chip("Unread 3"));
});

test("other keys are left to the browser", () => {
  const change = show();
  expect(fireEvent.keyDown(chip("All"), { key: "Tab" })).toBe(true);
  expect(change).not.toHaveBeenCalled();
});

test("a click chooses", () => {
  const change = show();
  fireEvent.click(chip("Groups"));
  expect(change).toHaveBeenCalledExactlyOnceWith("groups");
});
