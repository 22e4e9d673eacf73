import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Announcer } from "./Announcer.tsx";

test("what comes is read out politely: its region was there before", () => {
  const { rerender } = renderView(<Announcer text="" />);
  const region = screen.getByRole("status");
  rerender(<Announcer text="Anouk: Page 38" />);
  expect(screen.getByRole("status")).toBe(region);
  expect(region.textContent).toBe("Anouk: Page 38");
  expect(region.getAttribute("aria-live")).toBe("polite");
});
