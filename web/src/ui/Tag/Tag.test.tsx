import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Tag } from "./Tag.tsx";

test("its word is read with what it marks", () => {
  renderView(
    <button type="button">
      Anouk <Tag label="Admin" />
    </button>,
  );
  expect(screen.getByRole("button", { name: "Anouk Admin" })).toBeDefined();
});
