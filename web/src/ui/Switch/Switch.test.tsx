import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Switch } from "./Switch.tsx";

const drawn = (on: boolean, disabled = false): Element | null =>
  renderView(<Switch on={on} disabled={disabled} />).container.firstElementChild;

test("it is for the eye alone: the row around it says whether it is on", () => {
  expect(drawn(true)?.getAttribute("aria-hidden")).toBe("true");
});

test("on, off, and what cannot be changed are told apart", () => {
  const looks = [drawn(true), drawn(false), drawn(true, true), drawn(false, true)].map((one) => one?.className);
  expect(new Set(looks).size).toBe(4);
});
