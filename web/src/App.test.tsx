import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { App } from "./App.tsx";

test("the app says what it is", () => {
  render(<App />);
  expect(screen.getByRole("heading").textContent).toBe("Dunlin");
});
