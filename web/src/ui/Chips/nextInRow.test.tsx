import { fireEvent, screen } from "@testing-library/react";
import type { CSSProperties } from "react";
import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { nextInRow } from "./nextInRow.ts";

/** Where a key leads from the second of three. */
function next(init: KeyboardEventInit, direction: CSSProperties["direction"] = "ltr", at = 1): number | undefined {
  let to: number | undefined;
  renderView(
    <div
      role="toolbar"
      style={{ direction }}
      onKeyDown={(event) => {
        to = nextInRow(event, at, 3);
      }}
    />,
  );
  fireEvent.keyDown(screen.getByRole("toolbar"), init);
  return to;
}

test.each([
  ["ArrowRight", 2],
  ["ArrowDown", 2],
  ["ArrowLeft", 0],
  ["ArrowUp", 0],
  ["Home", 0],
  ["End", 2],
  ["a", undefined],
])("from the second of three, %s leads to %s", (key, to) => {
  expect(next({ key })).toBe(to);
});

test.each([
  ["ArrowRight", 2, 0],
  ["ArrowDown", 2, 0],
  ["ArrowLeft", 0, 2],
  ["ArrowUp", 0, 2],
])("at the end %s goes round, from %s to %s", (key, at, to) => {
  expect(next({ key }, "ltr", at)).toBe(to);
});

test.each([
  ["ArrowRight", 0],
  ["ArrowLeft", 2],
  ["ArrowDown", 2],
  ["ArrowUp", 0],
])("where writing runs from right to left, %s leads from the second to %s", (key, to) => {
  expect(next({ key }, "rtl")).toBe(to);
});

test.each([{ altKey: true }, { ctrlKey: true }, { metaKey: true }])(
  "with %o an arrow is the browser's: it goes back a page",
  (held) => {
    expect(next({ key: "ArrowLeft", ...held })).toBeUndefined();
  },
);
