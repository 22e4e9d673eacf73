import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Badge } from "./Badge.tsx";

test.each([
  [1, "1"],
  [99, "99"],
  [100, "99+"],
  [undefined, ""],
])("of %s it shows “%s”", (count, text) => {
  renderView(<Badge count={count} label="New" />);
  expect(screen.getByRole("img").textContent).toBe(text);
});

test("what is read is what it means, with the whole count", () => {
  renderView(<Badge count={120} label="120 unread" />);
  expect(screen.getByRole("img", { name: "120 unread" })).toBeDefined();
});
