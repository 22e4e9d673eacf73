import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { ThreadSkeleton } from "./ThreadSkeleton.tsx";

test("where nothing is known yet, the heading says that it is loading", () => {
  renderView(<ThreadSkeleton whole />);
  expect(screen.getByRole("heading", { name: "Loading", level: 1 })).toBeDefined();
});

test("below a heading that is there, it says so without one of its own", () => {
  renderView(<ThreadSkeleton whole={false} />);
  expect(screen.getByText("Loading")).toBeDefined();
  expect(screen.queryByRole("heading")).toBeNull();
});
