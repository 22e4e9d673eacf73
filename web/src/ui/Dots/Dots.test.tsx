import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Dots } from "./Dots.tsx";

test("they are for the eye alone: the word stands before them", () => {
  const { container } = renderView(<Dots />);
  expect(container.firstElementChild?.getAttribute("aria-hidden")).toBe("true");
});
