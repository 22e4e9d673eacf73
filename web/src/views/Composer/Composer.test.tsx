import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Composer, type ComposerActions, type ComposerSnapshot } from "./Composer.tsx";

const empty: ComposerSnapshot = {
  draft: "",
  enterSends: true,
  closed: undefined,
  tooLong: false,
  emoji: { state: "loading" } as unknown as ComposerSnapshot["emoji"],
};

function composer(snapshot: Partial<ComposerSnapshot> = {}): {
  readonly [K in keyof ComposerActions]: ReturnType<typeof vi.fn>;
} {
  const actions = { setDraft: vi.fn(), send: vi.fn(), openEmoji: vi.fn(), pickEmoji: vi.fn() };
  renderView(<Composer snapshot={{ ...empty, ...snapshot }} actions={actions} />);
  return actions;
}
const field = (): HTMLElement => screen.getByRole("textbox", { name: "Message" });

test("the field has the focus, so that one can write at once", () => {
  composer();
  expect(document.activeElement).toBe(field());
});

test("what is typed becomes the draft", () => {
  const { setDraft } = composer();
  fireEvent.change(field(), { target: { value: "Hello" } });
  expect(setDraft).toHaveBeenCalledExactlyOnceWith("Hello");
});

test("Enter sends", () => {
  const { send } = composer({ draft: "Hello" });
  expect(fireEvent.keyDown(field(), { key: "Enter" })).toBe(false);
  expect(send).toHaveBeenCalledOnce();
});

test("Shift and Enter make a new line", () => {
  const { send } = composer({ draft: "Hello" });
  expect(fireEvent.keyDown(field(), { key: "Enter", shiftKey: true })).toBe(true);
  expect(send).not.toHaveBeenCalled();
});

test("where Enter makes a new line, Ctrl and Enter send", () => {
  const { send } = composer({ draft: "Hello", enterSends: false });
  fireEvent.keyDown(field(), { key: "Enter" });
  expect(send).not.toHaveBeenCalled();
  fireEvent.keyDown(field(), { key: "Enter", ctrlKey: true });
  expect(send).toHaveBeenCalledOnce();
});

test("the Enter that ends a word of an input method sends nothing", () => {
  const { send } = composer({ draft: "ことば" });
  fireEvent.keyDown(field(), { key: "Enter", isComposing: true });
  expect(send).not.toHaveBeenCalled();
});

test("with nothing but blanks the button sends nothing, and leads to the field", () => {
  const { send } = composer({ draft: "  \n" });
  const button = screen.getByRole("button", { name: "Send" });
  button.focus();
  fireEvent.click(button);
  expect(send).not.toHaveBeenCalled();
  expect(document.activeElement).toBe(field());
});

test("what is too long is said to be, and is not sent", () => {
  const { send } = composer({ draft: "x".repeat(100), tooLong: true });
  expect(screen.getByRole("alert").textContent).not.toBe("");
  expect(field().getAttribute("aria-invalid")).toBe("true");
  fireEvent.keyDown(field(), { key: "Enter" });
  expect(send).not.toHaveBeenCalled();
});

test("who has left finds no field", () => {
  composer({ closed: "left" });
  expect(screen.queryByRole("textbox")).toBeNull();
});
