import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { BlankPane } from "./BlankPane.tsx";

test("it says how one begins, with the keys for it", () => {
  renderView(<BlankPane ripples={false} />);
  expect(screen.getByRole("heading", { name: "Pick a chat to start" })).toBeDefined();
  expect([...document.querySelectorAll("kbd")].map(({ textContent }) => textContent)).toEqual(["Ctrl", "K"]);
});

test("it says that nothing is encrypted yet", () => {
  renderView(<BlankPane ripples={false} />);
  expect(screen.getByText(/Not encrypted yet/u)).toBeDefined();
});
