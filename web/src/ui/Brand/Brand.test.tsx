import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Brand } from "./Brand.tsx";

test("the name is read once, and the bird beside it is for the eye alone", () => {
  const { container } = renderView(<Brand />);
  expect(screen.getAllByText("Dunlin")).toHaveLength(1);
  expect(container.querySelector("svg")?.getAttribute("aria-hidden")).toBe("true");
});
