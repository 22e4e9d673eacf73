import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Announcer } from "./Announcer.tsx";

test("what comes is read out politely: its region was there before", () => {
  const { rerender } = renderView(<Announcer said={{ id: 0, text: "" }} />);
  const region = screen.getByRole("status");
  rerender(<Announcer said={{ id: 1, text: "Anouk: Page 38" }} />);
  expect(screen.getByRole("status")).toBe(region);
  expect(region.textContent).toBe("Anouk: Page 38");
  expect(region.getAttribute("aria-live")).toBe("polite");
});

test("the same words are read out again: what holds them is another", () => {
  const { rerender } = renderView(<Announcer said={{ id: 1, text: "Anouk: Ping" }} />);
  const before = screen.getByText("Anouk: Ping");
  rerender(<Announcer said={{ id: 1, text: "Anouk: Ping" }} />);
  expect(screen.getByText("Anouk: Ping")).toBe(before);
  rerender(<Announcer said={{ id: 2, text: "Anouk: Ping" }} />);
  expect(screen.getByText("Anouk: Ping")).not.toBe(before);
});
