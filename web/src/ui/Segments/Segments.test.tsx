import { fireEvent, screen } from "@testing-library/react";
import { Moon, Sun } from "lucide-react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Segments } from "./Segments.tsx";

const segments = [
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
] as const;

function show(): ReturnType<typeof vi.fn> {
  const change = vi.fn();
  renderView(
    <>
      <h2 id="theme">Theme</h2>
      <Segments labelledBy="theme" segments={segments} value="light" onChange={change} />
    </>,
  );
  return change;
}

test("one of them is chosen, and is the one tab stop", () => {
  show();
  expect(screen.getByRole("radiogroup", { name: "Theme" })).toBeDefined();
  const stops = screen.getAllByRole("radio").map((one) => [one.textContent, one.tabIndex, one.ariaChecked]);
  expect(stops).toEqual([
    ["Light", 0, "true"],
    ["Dark", -1, "false"],
  ]);
});

test("an arrow moves and chooses", () => {
  const change = show();
  fireEvent.keyDown(screen.getByRole("radio", { name: "Light" }), { key: "ArrowRight" });
  expect(change).toHaveBeenCalledExactlyOnceWith("dark");
  expect(document.activeElement).toBe(screen.getByRole("radio", { name: "Dark" }));
});

test("a click chooses", () => {
  const change = show();
  fireEvent.click(screen.getByRole("radio", { name: "Dark" }));
  expect(change).toHaveBeenCalledExactlyOnceWith("dark");
});
