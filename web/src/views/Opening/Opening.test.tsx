import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Opening } from "./Opening.tsx";

test("who hears the page is told where they are, and that it comes", () => {
  renderView(<Opening chat={false} ripples={false} />);
  expect(screen.getByRole("heading", { name: "Chats: Loading" })).toBeDefined();
});

test("nothing in the list can be used yet", () => {
  renderView(<Opening chat={false} ripples={false} />);
  expect(document.querySelector('input[type="search"]')?.closest("[inert]")).not.toBeNull();
});

test("a conversation that is being opened says so, too", () => {
  renderView(<Opening chat ripples={false} />);
  expect(screen.getByRole("main", { name: "Conversation" }).textContent).toBe("Loading");
});
