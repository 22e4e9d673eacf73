import { fireEvent, screen } from "@testing-library/react";
import { Archive, BellOff, Pin } from "lucide-react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Menu, type MenuItem } from "./Menu.tsx";
import { anchorAt } from "./place.ts";

function show(): { readonly chosen: ReturnType<typeof vi.fn>; readonly close: ReturnType<typeof vi.fn> } {
  const [chosen, close] = [vi.fn(), vi.fn()];
  const item = (label: string, icon: typeof Pin): MenuItem => ({
    kind: "action",
    key: label,
    label,
    icon,
    onSelect: () => {
      chosen(label);
    },
  });
  const items = [
    item("Pin", Pin),
    item("Mute", BellOff),
    { kind: "separator", key: "-" } as const,
    item("Archive", Archive),
  ];
  renderView(<Menu label="Chat with Anouk" items={items} anchor={anchorAt(10, 10)} onClose={close} />);
  return { chosen, close };
}
const item = (name: string): HTMLElement => screen.getByRole("menuitem", { name });
const press = (key: string): boolean => fireEvent.keyDown(document.activeElement ?? document.body, { key });

test("it has a name, and its first item the focus", () => {
  show();
  expect(screen.getByRole("menu", { name: "Chat with Anouk" })).toBeDefined();
  item("Pin").focus();
  press("ArrowUp");
  expect(document.activeElement).toBe(item("Archive"));
});

test("arrows go around, Home and End to the ends, and separators are passed over", () => {
  show();
  item("Mute").focus();
  press("ArrowDown");
  expect(document.activeElement).toBe(item("Archive"));
  press("ArrowDown");
  expect(document.activeElement).toBe(item("Pin"));
  press("End");
  expect(document.activeElement).toBe(item("Archive"));
  press("Home");
  expect(document.activeElement).toBe(item("Pin"));
});

test("a letter leads to the next that begins with it", () => {
  show();
  item("Pin").focus();
  press("a");
  expect(document.activeElement).toBe(item("Archive"));
});

test("Enter chooses, once, and the menu is closed before", () => {
  const { chosen, close } = show();
  item("Mute").focus();
  press("Enter");
  expect(chosen).toHaveBeenCalledExactlyOnceWith("Mute");
  expect(close).toHaveBeenCalledBefore(chosen);
});

test("a press beside it closes it and chooses nothing", () => {
  const { chosen, close } = show();
  fireEvent.pointerDown(screen.getByRole("dialog", { hidden: true }));
  expect(close).toHaveBeenCalledOnce();
  expect(chosen).not.toHaveBeenCalled();
});
