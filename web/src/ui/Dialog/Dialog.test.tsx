import { fireEvent, screen } from "@testing-library/react";
import { useState, type ComponentProps, type ReactElement } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Button } from "../Button/Button.tsx";
import { Dialog } from "./Dialog.tsx";

afterEach(() => {
  vi.restoreAllMocks();
});

function show(part: Partial<ComponentProps<typeof Dialog>> = {}) {
  const close = vi.fn<() => void>();
  const { rerender } = renderView(<Dialog title="Message info" onClose={close} {...part} />);
  return { close, rerender };
}
const dialog = (): HTMLElement => screen.getByRole("dialog");
/** What browsers tell a dialog of at Escape, and say whether it stays open. */
const escape = (): boolean => !dialog().dispatchEvent(new Event("cancel", { cancelable: true }));

test("its title is its name, and its text describes it", () => {
  show({ text: "It was not sent." });
  expect(screen.getByRole("dialog", { name: "Message info", description: "It was not sent." })).toBeDefined();
});

test("without a text nothing is said to describe it", () => {
  show();
  expect(dialog().hasAttribute("aria-describedby")).toBe(false);
});

test("a destructive question is read out at once", () => {
  show({ alert: true });
  expect(screen.getByRole("alertdialog", { name: "Message info" })).toBeDefined();
});

test("the focus begins on what is marked as first", () => {
  show({ actions: [<Button key="a" label="Delete it" />, <Button key="b" data-first="" label="Keep it" />] });
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Keep it" }));
});

test("Escape asks to close it, and it is open until it is taken away", () => {
  const { close } = show();
  expect(escape()).toBe(true);
  expect(close).toHaveBeenCalledOnce();
});

test("one that the browser has closed asks to be taken away", () => {
  const { close } = show();
  dialog().dispatchEvent(new Event("close"));
  expect(close).toHaveBeenCalledOnce();
});

test("a press beside it closes it", () => {
  const { close } = show();
  fireEvent.pointerDown(dialog());
  expect(close).toHaveBeenCalledOnce();
});

test("a press in it closes nothing", () => {
  const { close } = show({ text: "It was not sent." });
  fireEvent.pointerDown(screen.getByText("It was not sent."));
  expect(close).not.toHaveBeenCalled();
});

test("Escape asks who has it now, not who opened it", () => {
  const { close, rerender } = show();
  const later = vi.fn<() => void>();
  rerender(<Dialog title="Message info" onClose={later} />);
  escape();
  expect(close).not.toHaveBeenCalled();
  expect(later).toHaveBeenCalledOnce();
});

function Opener(): ReactElement {
  const [open, setOpen] = useState(false);
  const toggle = (): void => {
    setOpen(!open);
  };
  return (
    <>
      <Button label="Open" onClick={toggle} />
      {open && <Dialog title="Message info" onClose={toggle} actions={<Button label="Close" onClick={toggle} />} />}
    </>
  );
}

test("the focus goes back to where it was, even where the browser lets it go", () => {
  vi.spyOn(HTMLDialogElement.prototype, "close").mockImplementation(function letGo(this: HTMLDialogElement) {
    this.open = false;
    screen.getByRole("button", { name: "Close", hidden: true }).blur();
  });
  renderView(<Opener />);
  const opener = screen.getByRole("button", { name: "Open" });
  opener.focus();
  fireEvent.click(opener);
  const close = screen.getByRole("button", { name: "Close" });
  close.focus();
  fireEvent.click(close);
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(document.activeElement).toBe(opener);
});
