import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Toast, type ToastSnapshot } from "./Toast.tsx";

function show(toast: ToastSnapshot | undefined) {
  const hold = vi.fn<(held: boolean) => void>();
  const { rerender } = renderView(<Toast toast={toast} onHold={hold} />);
  return {
    hold,
    next: (other: ToastSnapshot | undefined): void => {
      rerender(<Toast toast={other} onHold={hold} />);
    },
  };
}
const archived = { id: "1", text: "Chat archived" };
const region = (): HTMLElement => screen.getByRole("status", { name: "Messages of the app" });

test("what it says comes into a region that was there before, so that it is read out", () => {
  const { next } = show(undefined);
  const before = region();
  expect(before.textContent).toBe("");
  next(archived);
  expect(region()).toBe(before);
  expect(before.textContent).toBe("Chat archived");
});

test("the same words once more are said once more", () => {
  const { next } = show(archived);
  const before = screen.getByText("Chat archived");
  next({ ...archived, id: "2" });
  expect(screen.getByText("Chat archived")).not.toBe(before);
});

test("once it is over, nothing is left of it", () => {
  const { next } = show(archived);
  next(undefined);
  expect(region().textContent).toBe("");
});

const undo: ToastSnapshot = { ...archived, action: { label: "Undo", onSelect: () => undefined } };
const button = (): HTMLElement => screen.getByRole("button", { name: "Undo" });

test("what it offers is done by a press", () => {
  const select = vi.fn();
  show({ ...archived, action: { label: "Undo", onSelect: select } });
  fireEvent.click(button());
  expect(select).toHaveBeenCalledOnce();
});

test("it is held while the pointer is over it", () => {
  const { hold } = show(archived);
  const text = screen.getByText("Chat archived");
  fireEvent.pointerEnter(text);
  expect(hold).toHaveBeenLastCalledWith(true);
  fireEvent.pointerLeave(text);
  expect(hold).toHaveBeenLastCalledWith(false);
});

test("it is held while the focus is in it", () => {
  const { hold } = show(undo);
  button().focus();
  expect(hold).toHaveBeenLastCalledWith(true);
  button().blur();
  expect(hold).toHaveBeenLastCalledWith(false);
});

test("a pointer that leaves does not take it from under the focus", () => {
  const { hold } = show(undo);
  button().focus();
  fireEvent.pointerEnter(button());
  fireEvent.pointerLeave(button());
  expect(hold).toHaveBeenLastCalledWith(true);
});

test("a focus that leaves does not take it from under the pointer", () => {
  const { hold } = show(undo);
  fireEvent.pointerEnter(button());
  button().focus();
  button().blur();
  expect(hold).toHaveBeenLastCalledWith(true);
});

test("what was looked at when it went does not hold the next one", () => {
  const { hold, next } = show(undo);
  fireEvent.pointerEnter(button());
  next({ ...undo, id: "2" });
  button().focus();
  button().blur();
  expect(hold).toHaveBeenLastCalledWith(false);
});
