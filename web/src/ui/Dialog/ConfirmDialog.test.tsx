import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { ConfirmDialog } from "./ConfirmDialog.tsx";

function show() {
  const [confirm, close] = [vi.fn<() => void>(), vi.fn<() => void>()];
  renderView(
    <ConfirmDialog
      title="Leave Rota?"
      text="An admin can add you again."
      confirm="Leave group"
      keep="Stay"
      onConfirm={confirm}
      onClose={close}
    />,
  );
  return { confirm, close };
}
const answer = (name: string): HTMLElement => screen.getByRole("button", { name });

test("the question is read out with what it means", () => {
  show();
  const name = { name: "Leave Rota?", description: "An admin can add you again." };
  expect(screen.getByRole("alertdialog", name)).toBeDefined();
});

test("the focus begins on the safe answer, so that an Enter takes nothing away", () => {
  show();
  expect(document.activeElement).toBe(answer("Stay"));
});

test("the safe answer closes it and does nothing", () => {
  const { confirm, close } = show();
  fireEvent.click(answer("Stay"));
  expect(close).toHaveBeenCalledOnce();
  expect(confirm).not.toHaveBeenCalled();
});

test("the other answer does it, once the question is gone", () => {
  const { confirm, close } = show();
  fireEvent.click(answer("Leave group"));
  expect(confirm).toHaveBeenCalledOnce();
  expect(close).toHaveBeenCalledBefore(confirm);
});
