import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { DayPill } from "./DayPill.tsx";

test("the day is read in what it stands in", () => {
  renderView(
    <h2>
      <DayPill label="Yesterday" />
    </h2>,
  );
  expect(screen.getByRole("heading", { name: "Yesterday" })).toBeDefined();
});
