import { fireEvent, screen } from "@testing-library/react";
import { BellOff, Pin } from "lucide-react";
import { expect, test, vi } from "vitest";
import { face } from "../../gallery/samples.ts";
import { renderView } from "../../testing/render.tsx";
import { Hero, type QuickAction } from "./Hero.tsx";

function show(part: { readonly actions?: readonly QuickAction[] } = {}): void {
  renderView(<Hero face={face("Anouk")} title="Anouk" text="@anouk" actions={[]} {...part} />);
}

test("who it is about is a heading, and read once: the initials are for the eye alone", () => {
  show();
  expect(screen.getByRole("heading", { name: "Anouk", level: 3 })).toBeDefined();
  expect(screen.getByText("A").closest("[aria-hidden]")).not.toBeNull();
});

test("a name runs the way its own letters do", () => {
  show();
  expect(screen.getByRole("heading").getAttribute("dir")).toBe("auto");
});

test("each of the actions does its own", () => {
  const [mute, pin] = [vi.fn(), vi.fn()];
  show({
    actions: [
      { key: "mute", label: "Mute", icon: BellOff, onSelect: mute },
      { key: "pin", label: "Pin", icon: Pin, onSelect: pin },
    ],
  });
  fireEvent.click(screen.getByRole("button", { name: "Pin" }));
  expect(pin).toHaveBeenCalledOnce();
  expect(mute).not.toHaveBeenCalled();
});
