import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { chatRow } from "../../gallery/samples.ts";
import { renderView } from "../../testing/render.tsx";
import { ChatRow, type ChatRowSnapshot } from "./ChatRow.tsx";

function show(row: ChatRowSnapshot, { open = false, query = "" } = {}): ReturnType<typeof vi.fn> {
  const onMenu = vi.fn();
  renderView(<ChatRow row={row} href="#/chat/x" open={open} query={query} tabIndex={0} held={false} onMenu={onMenu} />);
  return onMenu;
}
const link = (): HTMLElement => screen.getByRole("link");
const nameOf = (): string => link().getAttribute("aria-label") ?? "";

test("its name begins with the title, and says what is new, muted and pinned", () => {
  show(chatRow("Allotment rota", { unread: 3, muted: true, pinned: true }));
  expect(nameOf()).toMatch(/^Allotment rota, /u);
  expect(nameOf()).toMatch(/3 unread/u);
  expect(nameOf()).toMatch(/muted/u);
  expect(nameOf()).toMatch(/pinned/u);
});

test("the one that is open says so", () => {
  show(chatRow("Anouk"), { open: true });
  expect(link().getAttribute("aria-current")).toBe("true");
});

test("more than 99 new ones are 99+", () => {
  show(chatRow("Film night", { unread: 120 }));
  expect(screen.getByText("99+")).toBeDefined();
});

test("what its title was found by is marked", () => {
  show(chatRow("Allotment rota"), { query: "ro" });
  expect([...document.querySelectorAll("mark")].map(({ textContent }) => textContent)).toEqual(["ro"]);
});

test("a draft stands in place of the last message", () => {
  show(chatRow("Flat four", { preview: { kind: "draft", text: "Home by six" } }));
  expect(link().textContent).toContain("Draft: Home by six");
});

test("one's own last message has its tick", () => {
  show(chatRow("Theo", { preview: { kind: "message", author: undefined, tick: "delivered", text: "At the gate" } }));
  expect(screen.getByRole("img", { name: "delivered" })).toBeDefined();
});

test("its menu opens by a right click where that was, and by keys", () => {
  const onMenu = show(chatRow("Samir"));
  fireEvent.contextMenu(link(), { clientX: 12, clientY: 34 });
  expect(onMenu.mock.lastCall?.[1]).toMatchObject({ left: 12, top: 34 });
  fireEvent.keyDown(link(), { key: "F10", shiftKey: true });
  expect(onMenu).toHaveBeenCalledTimes(2);
});
