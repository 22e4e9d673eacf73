import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Mark } from "./Mark.tsx";

const drawn = (): SVGSVGElement | null => renderView(<Mark size={40} />).container.querySelector("svg");

test("the bird is for the eye alone", () => {
  expect(drawn()?.getAttribute("aria-hidden")).toBe("true");
});

test("it grows with the size of the text", () => {
  expect(drawn()?.style).toMatchObject({ width: "2.5rem", height: "2.5rem" });
});
