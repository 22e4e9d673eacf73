import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Button } from "../Button/Button.tsx";
import { Card } from "./Card.tsx";

test.each([2, 3] as const)("its title is a heading of the level that was asked for: %i", (level) => {
  renderView(
    <Card title="Members" level={level}>
      <p>Nine</p>
    </Card>,
  );
  expect(screen.getByRole("heading", { name: "Members", level })).toBeDefined();
});

test("its title can name what is in it", () => {
  renderView(
    <Card title="Members" titleId="members">
      <ul aria-labelledby="members" />
    </Card>,
  );
  expect(screen.getByRole("list", { name: "Members" })).toBeDefined();
});

test("what stands at the end of the title's line is not part of the title", () => {
  renderView(
    <Card title="Members" aside={<Button label="Add" />}>
      <p>Nine</p>
    </Card>,
  );
  expect(screen.getByRole("heading", { name: "Members" })).toBeDefined();
  expect(screen.getByRole("button", { name: "Add" })).toBeDefined();
});

test("without a title there is no heading", () => {
  renderView(
    <Card>
      <p>Nine</p>
    </Card>,
  );
  expect(screen.queryByRole("heading")).toBeNull();
});
