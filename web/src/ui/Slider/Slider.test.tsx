import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Slider } from "./Slider.tsx";

function show(value: number) {
  const change = vi.fn<(value: number) => void>();
  renderView(<Slider label="Text size" steps={["Small", "Usual", "Large"]} value={value} onChange={change} />);
  return change;
}
const slider = (): HTMLElement => screen.getByRole("slider", { name: "Text size" });

test("its step is read as a word, not as a number", () => {
  show(1);
  expect(slider().getAttribute("aria-valuetext")).toBe("Usual");
});

test("it goes from the first step to the last, and rests on each", () => {
  show(1);
  expect(slider()).toMatchObject({ min: "0", max: "2", step: "1", value: "1" });
});

test("moving it tells the step", () => {
  const change = show(1);
  fireEvent.change(slider(), { target: { value: "2" } });
  expect(change).toHaveBeenCalledExactlyOnceWith(2);
});

test("it is filled up to where it stands", () => {
  show(1);
  expect(slider().style.getPropertyValue("--share")).toBe("50%");
});

test("the letters at its ends are for the eye alone", () => {
  show(1);
  expect(screen.getAllByText("A").map((letter) => letter.getAttribute("aria-hidden"))).toEqual(["true", "true"]);
});
