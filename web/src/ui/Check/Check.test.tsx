import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Check } from "./Check.tsx";

const drawn = (on: boolean): Element | null => renderView(<Check on={on} />).container.firstElementChild;

test("it is for the eye alone: the row around it says whether it is checked", () => {
  expect(drawn(true)?.getAttribute("aria-hidden")).toBe("true");
});

test("its mark is there only if it is on", () => {
  expect(drawn(true)?.querySelector("svg")).not.toBeNull();
  expect(drawn(false)?.querySelector("svg")).toBeNull();
});
