import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { TextField } from "./TextField.tsx";

test("what is wrong is said of the field, in place of the hint", () => {
  renderView(
    <TextField
      label="Handle"
      value="a"
      onChange={vi.fn()}
      hint="Small letters"
      state={{ state: "bad", text: "Too short" }}
    />,
  );
  const field = screen.getByRole("textbox", { name: "Handle", description: "Too short" });
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(screen.queryByText("Small letters")).toBeNull();
});

test("a hint describes the field, and nothing is wrong", () => {
  renderView(<TextField label="Handle" value="" onChange={vi.fn()} hint="Small letters" />);
  expect(screen.getByRole("textbox", { description: "Small letters" }).getAttribute("aria-invalid")).toBeNull();
});

test("what was found out of it is told politely", () => {
  renderView(<TextField label="Handle" value="ada" onChange={vi.fn()} state={{ state: "good", text: "Free" }} />);
  expect(screen.getByRole("status").textContent).toBe("Free");
});

test("what is typed is told, without what stands before it", () => {
  const change = vi.fn();
  renderView(<TextField label="Handle" prefix="@" value="" onChange={change} />);
  fireEvent.change(screen.getByRole("textbox"), { target: { value: "ada" } });
  expect(change).toHaveBeenCalledExactlyOnceWith("ada");
});
