import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderView } from "../../testing/render.tsx";
import { Shore } from "./Shore.tsx";

function show(): HTMLElement {
  renderView(
    <Shore pictureOnPhones>
      <h1>Come in</h1>
    </Shore>,
  );
  return screen.getByRole("main");
}

test("what there is to do is in the main part of the page", () => {
  expect(within(show()).getByRole("heading", { name: "Come in" })).toBeDefined();
});

test("the picture is for the eye alone", () => {
  expect(within(show()).queryByRole("img")).toBeNull();
});

test("whose app it is stands there", () => {
  expect(within(show()).getByText("Dunlin")).toBeDefined();
});
