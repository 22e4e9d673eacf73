import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Ripples } from "./Ripples.tsx";

test("the sand is for the eye alone", () => {
  const { container } = renderView(<Ripples />);
  expect(container.firstElementChild?.getAttribute("aria-hidden")).toBe("true");
});
