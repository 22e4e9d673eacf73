import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Language } from "./Language.tsx";

function show(locale: "en" | "de" = "en") {
  const actions = { back: vi.fn<() => void>(), setLanguage: vi.fn<(language: string) => void>() };
  renderView(<Language snapshot={{ language: "en" }} actions={actions} />, locale);
  return actions;
}
const radio = (name: string): HTMLElement => screen.getByRole("radio", { name });

test("the language that is chosen is checked, and no other", () => {
  show();
  expect(screen.getAllByRole("radio").filter((one) => one.getAttribute("aria-checked") === "true")).toEqual([
    radio("English"),
  ]);
});

test("a click chooses", () => {
  const { setLanguage } = show();
  fireEvent.click(radio("Deutsch"));
  expect(setLanguage).toHaveBeenCalledExactlyOnceWith("de");
});

test("the arrow down chooses the next, and goes there", () => {
  const { setLanguage } = show();
  fireEvent.keyDown(radio("English"), { key: "ArrowDown" });
  expect(setLanguage).toHaveBeenCalledExactlyOnceWith("de");
  expect(document.activeElement).toBe(radio("Deutsch"));
});

test("languages are called by their own names, in every language", () => {
  show("de");
  expect(radio("English").lang).toBe("en");
  expect(radio("Deutsch").lang).toBe("de");
});
