import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Spinner } from "./Spinner.tsx";

test("it is for the eye alone: words stand beside it", () => {
  const { container } = renderView(<Spinner />);
  expect(container.firstElementChild?.getAttribute("aria-hidden")).toBe("true");
});
