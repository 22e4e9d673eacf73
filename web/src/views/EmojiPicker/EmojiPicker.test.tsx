import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { EmojiPicker, type EmojiSnapshot } from "./EmojiPicker.tsx";

const bird = { char: "🐦", name: "bird", tags: "animal" };
const ready: EmojiSnapshot = {
  state: "ready",
  groups: [
    {
      name: "people",
      emoji: [
        { char: "😀", name: "grinning face", tags: "smile" },
        { char: "🙏", name: "folded hands", tags: "please thanks" },
      ],
    },
    { name: "nature", emoji: [bird] },
  ],
  recent: [],
};

function show(snapshot: EmojiSnapshot = ready, takesFocus = false) {
  const actions = { pick: vi.fn<(emoji: string) => void>(), close: vi.fn<() => void>() };
  renderView(<EmojiPicker snapshot={snapshot} takesFocus={takesFocus} onPick={actions.pick} onClose={actions.close} />);
  return actions;
}
const button = (name: string): HTMLElement => screen.getByRole("button", { name });
const search = (): HTMLElement => screen.getByRole("searchbox", { name: "Search emoji" });

test("an emoji is called by its name, and a click picks it", () => {
  const { pick } = show();
  fireEvent.click(button("grinning face"));
  expect(pick).toHaveBeenCalledExactlyOnceWith("😀");
});

test("another group shows its own", () => {
  show();
  fireEvent.click(button("Animals and nature"));
  expect(button("bird")).toBeDefined();
  expect(button("Animals and nature").getAttribute("aria-pressed")).toBe("true");
});

test("one is found by what it stands for, in any group", () => {
  show();
  fireEvent.change(search(), { target: { value: "animal" } });
  expect(button("bird")).toBeDefined();
  expect(screen.queryByRole("button", { name: "grinning face" })).toBeNull();
});

test("where none has that name, it says so aloud", () => {
  show();
  fireEvent.change(search(), { target: { value: "xyzzy" } });
  expect(screen.getByRole("status").textContent).toBe("No emoji of that name");
});

test("arrows move from one to the next", () => {
  show();
  button("grinning face").focus();
  fireEvent.keyDown(button("grinning face"), { key: "ArrowRight" });
  expect(document.activeElement).toBe(button("folded hands"));
});

test("recently used ones are a group only once there are any", () => {
  show();
  expect(screen.queryByRole("button", { name: "Recently used" })).toBeNull();
});

test("who came by keys goes on in the search", () => {
  show(ready, true);
  expect(document.activeElement).toBe(search());
});

test("Escape closes it", () => {
  const { close } = show();
  fireEvent.keyDown(search(), { key: "Escape" });
  expect(close).toHaveBeenCalledOnce();
});

test("a press beside it closes it, and one inside does not", () => {
  const { close } = show();
  fireEvent.pointerDown(search());
  expect(close).not.toHaveBeenCalled();
  fireEvent.pointerDown(document.body);
  expect(close).toHaveBeenCalledOnce();
});

test("what could not be loaded is said", () => {
  show({ state: "failed" });
  expect(screen.getByText("The emoji could not be loaded. You may be offline.")).toBeDefined();
});
