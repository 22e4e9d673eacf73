import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Appearance, type AppearanceSnapshot } from "./Appearance.tsx";

const base: AppearanceSnapshot = {
  theme: "system",
  textSize: 2,
  ripples: true,
  lessMotion: false,
  systemLessMotion: false,
  enterSends: true,
};

function show(part: Partial<AppearanceSnapshot> = {}) {
  const actions = {
    back: vi.fn<() => void>(),
    setTheme: vi.fn<(theme: string) => void>(),
    setTextSize: vi.fn<(step: number) => void>(),
    setRipples: vi.fn<(on: boolean) => void>(),
    setLessMotion: vi.fn<(on: boolean) => void>(),
    setEnterSends: vi.fn<(on: boolean) => void>(),
  };
  renderView(<Appearance snapshot={{ ...base, ...part }} actions={actions} />);
  return actions;
}

test("a theme is chosen by a click", () => {
  const { setTheme } = show();
  fireEvent.click(screen.getByRole("radio", { name: "Dark" }));
  expect(setTheme).toHaveBeenCalledExactlyOnceWith("dark");
});

test("the size of text is called by its name, not its number", () => {
  show();
  expect(screen.getByRole("slider", { name: "Text size" }).getAttribute("aria-valuetext")).toBe("Usual");
});

test("the slider sets the size of text", () => {
  const { setTextSize } = show();
  fireEvent.change(screen.getByRole("slider"), { target: { value: "4" } });
  expect(setTextSize).toHaveBeenCalledExactlyOnceWith(4);
});

test.each([
  [/^Sand ripples/u, "setRipples", false],
  [/^Less motion/u, "setLessMotion", true],
  [/^Enter sends/u, "setEnterSends", false],
] as const)("the switch %s turns to the other side", (name, action, to) => {
  const actions = show();
  const one = screen.getByRole("switch", { name });
  expect(one.getAttribute("aria-checked")).toBe(String(!to));
  fireEvent.click(one);
  expect(actions[action]).toHaveBeenCalledExactlyOnceWith(to);
});

test("what the system asks for is said at less motion", () => {
  show({ systemLessMotion: true });
  expect(screen.getByText("Follows your system: on")).toBeDefined();
});

test("the sample is nothing that one hears", () => {
  show();
  expect(screen.queryByRole("article")).toBeNull();
});
