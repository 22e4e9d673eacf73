import { fireEvent, screen } from "@testing-library/react";
import { Settings } from "lucide-react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { IconButton } from "./IconButton.tsx";

const button = (): HTMLElement => screen.getByRole("button", { name: "Settings" });

test("who does not know its picture finds its name by pointing at it", () => {
  renderView(<IconButton icon={Settings} label="Settings" />);
  expect(button().title).toBe("Settings");
});

test("a press does it", () => {
  const click = vi.fn();
  renderView(<IconButton icon={Settings} label="Settings" onClick={click} />);
  fireEvent.click(button());
  expect(click).toHaveBeenCalledOnce();
});

test("in a form it does not submit", () => {
  const submit = vi.fn();
  renderView(
    <form onSubmit={submit}>
      <IconButton icon={Settings} label="Settings" />
    </form>,
  );
  fireEvent.click(button());
  expect(submit).not.toHaveBeenCalled();
});
