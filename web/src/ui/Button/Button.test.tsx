import { fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Plus } from "lucide-react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Button } from "./Button.tsx";

const button = (): HTMLElement => screen.getByRole("button", { name: "Save" });

test("a press does it", () => {
  const click = vi.fn();
  renderView(<Button label="Save" icon={Plus} onClick={click} />);
  fireEvent.click(button());
  expect(click).toHaveBeenCalledOnce();
});

test("while it is busy, a second press does nothing", () => {
  const click = vi.fn();
  renderView(<Button busy label="Save" onClick={click} />);
  fireEvent.click(button());
  expect(click).not.toHaveBeenCalled();
});

test("while it is busy, it says so, and keeps its name and the focus", () => {
  const { rerender } = renderView(<Button label="Save" />);
  button().focus();
  rerender(<Button busy label="Save" />);
  expect(button().getAttribute("aria-busy")).toBe("true");
  expect(document.activeElement).toBe(button());
});

function form(type: "button" | "submit", busy: boolean) {
  const submit = vi.fn<() => void>();
  renderView(
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <input aria-label="Name" />
      <Button type={type} busy={busy} label="Save" />
    </form>,
  );
  return submit;
}

test("one that submits, submits", () => {
  const submit = form("submit", false);
  fireEvent.click(button());
  expect(submit).toHaveBeenCalledOnce();
});

test("one that submits does not do so again while it is busy", () => {
  const submit = form("submit", true);
  fireEvent.click(button());
  expect(submit).not.toHaveBeenCalled();
});

test("in a form, one that was not asked to submit does not", () => {
  const submit = form("button", false);
  fireEvent.click(button());
  expect(submit).not.toHaveBeenCalled();
});

test("one that cannot be used is passed over by Tab", async () => {
  renderView(
    <>
      <Button disabled label="Save" />
      <Button label="Cancel" />
    </>,
  );
  await userEvent.tab();
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Cancel" }));
});
