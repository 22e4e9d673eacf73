import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { face, person } from "../../gallery/samples.ts";
import { renderView } from "../../testing/render.tsx";
import { NewGroup, type NewGroupSnapshot } from "./NewGroup.tsx";

const [anouk, bea] = [person("Anouk"), person("Bea")];
const people = {
  step: "people",
  purpose: "new",
  server: "larkmoor.example",
  query: "",
  picked: [anouk],
  people: { state: "found", people: [anouk, bea] },
  most: 1024,
  already: 1,
  busy: false,
  error: undefined,
} as const satisfies NewGroupSnapshot;
const naming = {
  step: "name",
  face: face("Rota"),
  name: "Rota",
  picked: [anouk],
  nameError: undefined,
  busy: false,
  error: undefined,
} as const satisfies NewGroupSnapshot;

function show(snapshot: NewGroupSnapshot) {
  const actions = {
    back: vi.fn<() => void>(),
    setQuery: vi.fn<(query: string) => void>(),
    toggle: vi.fn<(one: unknown) => void>(),
    next: vi.fn<() => void>(),
    setName: vi.fn<(name: string) => void>(),
    setPicture: vi.fn<(file: File) => void>(),
    removePicture: vi.fn<() => void>(),
    make: vi.fn<() => void>(),
  };
  renderView(<NewGroup snapshot={snapshot} actions={actions} />);
  return actions;
}

test("who is picked is checked, and the others are not", () => {
  show(people);
  expect(screen.getAllByRole("checkbox").map((box) => box.getAttribute("aria-checked"))).toEqual(["true", "false"]);
});

test("a click on somebody picks them", () => {
  const { toggle } = show(people);
  fireEvent.click(screen.getByRole("checkbox", { name: "Bea, @bea" }));
  expect(toggle).toHaveBeenCalledExactlyOnceWith(bea);
});

test("who is picked can be taken out above the list", () => {
  const { toggle } = show(people);
  fireEvent.click(screen.getByRole("button", { name: "Remove Anouk" }));
  expect(toggle).toHaveBeenCalledExactlyOnceWith(anouk);
});

test("it goes on only with somebody picked", () => {
  show({ ...people, picked: [] });
  expect(screen.queryByRole("button", { name: "Next" })).toBeNull();
});

test.each([
  ["new", "Next"],
  ["add", "Add"],
] as const)("for the purpose %s the button is called %s", (purpose, name) => {
  const { next } = show({ ...people, purpose });
  fireEvent.click(screen.getByRole("button", { name }));
  expect(next).toHaveBeenCalledOnce();
});

test("a second press while it is busy does nothing", () => {
  const { next } = show({ ...people, busy: true });
  fireEvent.click(screen.getByRole("button", { name: "Next" }));
  expect(next).not.toHaveBeenCalled();
});

test("what went wrong is said aloud", () => {
  show({ ...people, error: "A group has at most 1,024 members." });
  expect(screen.getByRole("alert").textContent).toBe("A group has at most 1,024 members.");
});

test("its name is typed, and the button makes it", () => {
  const { setName, make } = show(naming);
  fireEvent.change(screen.getByRole("textbox", { name: "Group name" }), { target: { value: "Allotment" } });
  expect(setName).toHaveBeenCalledExactlyOnceWith("Allotment");
  const form = screen.getByRole("textbox").closest("form");
  expect(screen.getByRole("button", { name: "Make group" }).getAttribute("form")).toBe(form?.id);
  fireEvent.submit(form ?? document.body);
  expect(make).toHaveBeenCalledOnce();
});

test("a missing name is said at the field", () => {
  show({ ...naming, name: "", nameError: "Give it a name." });
  expect(screen.getByRole("textbox", { name: "Group name" }).getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByText("Give it a name.")).toBeDefined();
});
