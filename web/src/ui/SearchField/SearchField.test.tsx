import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { SearchField } from "./SearchField.tsx";

function show(value: string): {
  readonly change: ReturnType<typeof vi.fn>;
  readonly leave: ReturnType<typeof vi.fn>;
  readonly down: ReturnType<typeof vi.fn>;
} {
  const [change, leave, down] = [vi.fn(), vi.fn(), vi.fn()];
  renderView(
    <SearchField
      label="Search"
      clearLabel="Clear"
      keys="Ctrl K"
      value={value}
      onChange={change}
      onLeave={leave}
      onDown={down}
    />,
  );
  return { change, leave, down };
}
const field = (): HTMLElement => screen.getByRole("searchbox", { name: "Search" });

test("Escape clears what is there, and leaves when nothing is", () => {
  const { change, leave } = show("ro");
  fireEvent.keyDown(field(), { key: "Escape" });
  expect(change).toHaveBeenCalledExactlyOnceWith("");
  expect(leave).not.toHaveBeenCalled();
});

test("Escape in the empty field leaves it", () => {
  const { change, leave } = show("");
  fireEvent.keyDown(field(), { key: "Escape" });
  expect(leave).toHaveBeenCalledOnce();
  expect(change).not.toHaveBeenCalled();
});

test("the cross clears, and leaves the focus in the field", () => {
  const { change } = show("ro");
  fireEvent.click(screen.getByRole("button", { name: "Clear" }));
  expect(change).toHaveBeenCalledExactlyOnceWith("");
  expect(document.activeElement).toBe(field());
});

test("the arrow down goes to what was found, with no other key held", () => {
  const { down } = show("ro");
  fireEvent.keyDown(field(), { key: "ArrowDown", altKey: true });
  expect(down).not.toHaveBeenCalled();
  fireEvent.keyDown(field(), { key: "ArrowDown" });
  expect(down).toHaveBeenCalledOnce();
});
