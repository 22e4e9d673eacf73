import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { TextDialog } from "./TextDialog.tsx";

function show(missing?: string) {
  const [save, close] = [vi.fn<(text: string) => void>(), vi.fn<() => void>()];
  renderView(
    <TextDialog
      title="Name the group"
      label="Group name"
      initial="Rota"
      maxLength={64}
      {...(missing === undefined ? {} : { missing })}
      onSave={save}
      onClose={close}
    />,
  );
  return { save, close };
}
const field = (): HTMLElement => screen.getByRole("textbox", { name: "Group name" });
const write = (value: string): void => {
  fireEvent.change(field(), { target: { value } });
};
const press = (name: string): void => {
  const button = screen.getByRole("button", { name });
  button.focus();
  fireEvent.click(button);
};

test("the field has the focus, and what is there now in it", () => {
  show();
  expect(document.activeElement).toBe(field());
  expect(field()).toHaveProperty("value", "Rota");
});

test("what was written is saved without the blanks around it, once the dialog is gone", () => {
  const { save, close } = show();
  write("  Allotment ");
  press("Save");
  expect(save).toHaveBeenCalledExactlyOnceWith("Allotment");
  expect(close).toHaveBeenCalledBefore(save);
});

test("what did not change is not saved again", () => {
  const { save, close } = show();
  write("Rota ");
  press("Save");
  expect(close).toHaveBeenCalledOnce();
  expect(save).not.toHaveBeenCalled();
});

test("Cancel saves nothing", () => {
  const { save, close } = show();
  write("Allotment");
  press("Cancel");
  expect(close).toHaveBeenCalledOnce();
  expect(save).not.toHaveBeenCalled();
});

test("where something must be written, nothing is refused", () => {
  const { save, close } = show("Give it a name");
  write(" ");
  press("Save");
  expect(close).not.toHaveBeenCalled();
  expect(save).not.toHaveBeenCalled();
});

test("that something is missing is said of the field, which gets the focus", () => {
  show("Give it a name");
  write("");
  press("Save");
  expect(document.activeElement).toBe(screen.getByRole("textbox", { description: "Give it a name" }));
});

test("who begins to write is told no more that something is missing", () => {
  show("Give it a name");
  write("");
  press("Save");
  write("A");
  expect(screen.queryByText("Give it a name")).toBeNull();
});

test("where nothing need be written, nothing is saved", () => {
  const { save } = show();
  write("");
  press("Save");
  expect(save).toHaveBeenCalledExactlyOnceWith("");
});
