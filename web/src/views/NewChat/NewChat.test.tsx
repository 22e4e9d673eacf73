import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { person } from "../../gallery/samples.ts";
import { renderView } from "../../testing/render.tsx";
import { NewChat, type NewChatSnapshot } from "./NewChat.tsx";

const bea = person("Bea");
const base: NewChatSnapshot = {
  server: "larkmoor.example",
  query: "",
  recent: [person("Anouk")],
  people: { state: "found", people: [bea] },
  exact: false,
  error: undefined,
};

function show(part: Partial<NewChatSnapshot> = {}) {
  const actions = {
    back: vi.fn<() => void>(),
    setQuery: vi.fn<(query: string) => void>(),
    choose: vi.fn<(one: unknown) => void>(),
    newGroup: vi.fn<() => void>(),
  };
  renderView(<NewChat snapshot={{ ...base, ...part }} actions={actions} />);
  return actions;
}
const field = (): HTMLElement => screen.getByRole("searchbox", { name: "Name or @handle" });

test("one can type at once", () => {
  show();
  expect(document.activeElement).toBe(field());
});

test("who is clicked is chosen", () => {
  const { choose } = show();
  fireEvent.click(screen.getByRole("button", { name: "Bea, @bea" }));
  expect(choose).toHaveBeenCalledExactlyOnceWith(bea);
});

test("arrows lead from the field through recent people to the others", () => {
  show();
  fireEvent.keyDown(field(), { key: "ArrowDown" });
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Anouk, @anouk" }));
  fireEvent.keyDown(document.activeElement ?? document.body, { key: "ArrowDown" });
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Bea, @bea" }));
});

test("Escape in the empty field leads back", () => {
  const { back } = show();
  fireEvent.keyDown(field(), { key: "Escape" });
  expect(back).toHaveBeenCalledOnce();
});

test("a group can be begun as long as nothing is typed", () => {
  const { newGroup } = show();
  fireEvent.click(screen.getByRole("button", { name: "New group" }));
  expect(newGroup).toHaveBeenCalledOnce();
});

test("while one searches, no group is offered", () => {
  show({ query: "be" });
  expect(screen.queryByRole("button", { name: "New group" })).toBeNull();
});

test("where nobody is found, it says for what", () => {
  show({ query: "xy", recent: [], people: { state: "found", people: [] } });
  expect(screen.getByText("Nobody on this server matches “xy”.")).toBeDefined();
});

test("while it searches, that is said aloud, and nobody is missing yet", () => {
  show({ query: "xy", recent: [], people: { state: "searching" } });
  expect(screen.getByRole("status").textContent).toContain("Looking for people");
  expect(screen.queryByText("Nobody found")).toBeNull();
});

test("where people are found by their whole handle, it says so", () => {
  show({ exact: true, people: { state: "none" } });
  expect(screen.getByText("People here are found by their whole handle, as @mia.")).toBeDefined();
});

test("a chat that could not be started is said aloud", () => {
  show({ error: "The chat could not be started." });
  expect(screen.getByRole("alert").textContent).toBe("The chat could not be started.");
});
