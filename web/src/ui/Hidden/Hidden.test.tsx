import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Hidden } from "./Hidden.tsx";

test("what it says is part of the name of what it stands in", () => {
  renderView(
    <button type="button">
      <Hidden>Close</Hidden>
    </button>,
  );
  expect(screen.getByRole("button", { name: "Close" })).toBeDefined();
});

test("it can be the heading of a page that shows none", () => {
  renderView(<Hidden as="h1">Loading</Hidden>);
  expect(screen.getByRole("heading", { name: "Loading", level: 1 })).toBeDefined();
});
