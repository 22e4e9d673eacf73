import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { message } from "../../gallery/samples.ts";
import { renderView } from "../../testing/render.tsx";
import { Message, type MessageActions, type MessageSnapshot } from "./Message.tsx";

function show(
  snapshot: MessageSnapshot,
  locale: "en" | "de" = "en",
): { readonly [K in keyof MessageActions]: ReturnType<typeof vi.fn> } {
  const actions = { retry: vi.fn(), discard: vi.fn(), menu: vi.fn() };
  renderView(<Message message={snapshot} actions={actions} tabIndex={0} held={false} />, locale);
  return actions;
}
const article = (): HTMLElement => screen.getByRole("article");

test("its name says who wrote what, and how far it came", () => {
  show(message("See you at seven", { mine: true, tick: "read" }));
  const name = article().getAttribute("aria-label") ?? "";
  expect(name).toMatch(/^You, See you at seven/u);
  expect(name).toContain("read");
});

test("in German, too", () => {
  show(message("Bis sieben", { mine: true, tick: "read" }), "de");
  expect(article().getAttribute("aria-label")).toContain("gelesen");
});

test("a link opens elsewhere, and tells nobody where one came from", () => {
  show(message("look: https://example.org/a?b=c."));
  const link = screen.getByRole("link");
  expect(link.getAttribute("href")).toBe("https://example.org/a?b=c");
  expect(link.getAttribute("target")).toBe("_blank");
  expect(link.getAttribute("rel")).toMatch(/noopener.*noreferrer|noreferrer/u);
});

test.each(["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "<img src=x onerror=alert(1)>"])(
  "%s is text and nothing else",
  (text) => {
    show(message(text));
    expect(screen.queryByRole("link")).toBeNull();
    expect(article().querySelector("img")).toBeNull();
    expect(article().textContent).toContain(text);
  },
);

test("one that was not sent can be sent again, or be deleted", () => {
  const failed = message("The pump is fixed", { mine: true, tick: "failed", failed: "offline" });
  const { retry, discard } = show(failed);
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(retry).toHaveBeenCalledExactlyOnceWith(failed.id);
  fireEvent.click(screen.getByRole("button", { name: "Delete" }));
  expect(discard).toHaveBeenCalledExactlyOnceWith(failed);
});

test("one that needs a newer version says so", () => {
  show({ ...message("?"), text: undefined });
  expect(article().textContent).toContain("This message needs a newer version of Dunlin.");
});

test.each([{ key: "ContextMenu" }, { key: "F10", shiftKey: true }])("its menu opens by $key", (key) => {
  const { menu } = show(message("Hello"));
  fireEvent.keyDown(article(), key);
  expect(menu).toHaveBeenCalledOnce();
});

test("its dots are there once somebody comes to it", () => {
  const { menu } = show(message("Hello"));
  expect(screen.queryByRole("button")).toBeNull();
  fireEvent.focus(article());
  fireEvent.click(screen.getByRole("button", { name: "More actions" }));
  expect(menu).toHaveBeenCalledOnce();
});
