import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { person } from "../../gallery/samples.ts";
import { renderView } from "../../testing/render.tsx";
import { PersonRow } from "./PersonRow.tsx";

const bea = person("Bea", { handle: "bea.hill", online: true });

test("its name is the person's, with handle and whether they are there", () => {
  renderView(<PersonRow person={bea} tabIndex={0} onSelect={vi.fn()} />);
  expect(screen.getByRole("button", { name: "Bea, @bea.hill, online" })).toBeDefined();
});

test("a click selects the person", () => {
  const select = vi.fn();
  renderView(<PersonRow person={bea} tabIndex={0} onSelect={select} />);
  fireEvent.click(screen.getByRole("button"));
  expect(select).toHaveBeenCalledExactlyOnceWith(bea);
});

test.each([true, false])("where people are chosen, it is a box that is checked: %s", (chosen) => {
  renderView(<PersonRow person={bea} chosen={chosen} tabIndex={0} onSelect={vi.fn()} />);
  expect(screen.getByRole("checkbox").getAttribute("aria-checked")).toBe(String(chosen));
});

test("a handle that was searched for with its @ is marked without it", () => {
  renderView(<PersonRow person={bea} query="@bea.h" tabIndex={0} onSelect={vi.fn()} />);
  expect([...document.querySelectorAll("mark")].map(({ textContent }) => textContent)).toEqual(["bea.h"]);
});
