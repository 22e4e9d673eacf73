import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { face } from "../../gallery/samples.ts";
import { renderView } from "../../testing/render.tsx";
import {
  InfoPane,
  type ContactSnapshot,
  type GroupSnapshot,
  type InfoActions,
  type InfoSnapshot,
  type MemberSnapshot,
} from "./InfoPane.tsx";

const marks = { muted: false, pinned: false, archived: false };
const contact: ContactSnapshot = {
  ...marks,
  kind: "contact",
  name: "Anouk",
  handle: "anouk",
  host: "larkmoor.example",
  face: face("Anouk"),
  about: "Mostly in the greenhouse",
  common: [{ id: "rota", name: "Allotment rota", face: face("Allotment rota"), text: "14 members" }],
};
const member = (name: string, part: Partial<MemberSnapshot> = {}): MemberSnapshot => ({
  id: name,
  name,
  handle: name.toLowerCase(),
  face: face(name),
  you: false,
  role: "member",
  presence: { kind: "unknown" },
  ...part,
});
const group: GroupSnapshot = {
  ...marks,
  kind: "group",
  name: "Rota",
  face: face("Rota"),
  memberCount: 9,
  members: [
    member("Nora", { you: true, role: "owner" }),
    member("Malik", { role: "admin" }),
    ...["Anouk", "Greta", "Hana", "Iver", "Odile", "Rosa", "Theo"].map((name) => member(name)),
  ],
  role: "owner",
  left: false,
  made: undefined,
};

function show(snapshot: InfoSnapshot): { readonly [K in keyof InfoActions]: ReturnType<typeof vi.fn> } {
  const actions = {
    close: vi.fn(),
    setMuted: vi.fn(),
    setPinned: vi.fn(),
    setArchived: vi.fn(),
    openGroup: vi.fn(),
    addMembers: vi.fn(),
    rename: vi.fn(),
    setPicture: vi.fn(),
    removePicture: vi.fn(),
    setRole: vi.fn(),
    remove: vi.fn(),
    writeTo: vi.fn(),
    leave: vi.fn(),
  };
  renderView(<InfoPane snapshot={snapshot} actions={actions} />);
  return actions;
}
const press = (name: RegExp | string): void => {
  fireEvent.click(screen.getByRole("button", { name }));
};
const choose = (who: RegExp, name: string): void => {
  press(who);
  fireEvent.click(screen.getByRole("menuitem", { name }));
};

test("a group in common is opened by a click", () => {
  const { openGroup } = show(contact);
  press(/^Allotment rota/u);
  expect(openGroup).toHaveBeenCalledExactlyOnceWith("rota");
});

test.each([
  [false, "Mute"],
  [true, "Unmute"],
])("what is muted (%s) offers: %s", (muted, name) => {
  const { setMuted } = show({ ...contact, muted });
  press(name);
  expect(setMuted).toHaveBeenCalledExactlyOnceWith(!muted);
});

test("the first members are shown, and all of them once one asks", () => {
  show(group);
  expect(screen.queryByText("Theo")).toBeNull();
  press("Show all 9");
  expect(screen.getByText("Theo")).toBeDefined();
});

test("who may not manage the group changes nothing in it", () => {
  show({ ...group, role: "member" });
  for (const name of ["Add members", "Change name", "Change picture"]) {
    expect(screen.queryByRole("button", { name })).toBeNull();
  }
});

test("who is a member only can write to another, and no more", () => {
  show({ ...group, role: "member" });
  press(/^Anouk/u);
  expect(screen.getAllByRole("menuitem").map(({ textContent }) => textContent)).toEqual(["Write a message"]);
});

test("an admin does not remove another admin", () => {
  show({ ...group, role: "admin" });
  press(/^Malik/u);
  expect(screen.queryByRole("menuitem", { name: "Remove from group" })).toBeNull();
});

test("the owner makes a member an admin", () => {
  const { setRole } = show(group);
  choose(/^Anouk/u, "Make admin");
  expect(setRole).toHaveBeenCalledExactlyOnceWith("Anouk", "admin");
});

test("before somebody is removed, that is asked", () => {
  const { remove } = show(group);
  choose(/^Anouk/u, "Remove from group");
  expect(remove).not.toHaveBeenCalled();
  const question = screen.getByRole("alertdialog", { name: "Remove Anouk?" });
  fireEvent.click(within(question).getByRole("button", { name: "Remove from group" }));
  expect(remove).toHaveBeenCalledExactlyOnceWith("Anouk");
});

test("before the group is given away, that is asked", () => {
  const { setRole } = show(group);
  choose(/^Malik/u, "Make owner");
  expect(setRole).not.toHaveBeenCalled();
  press("Make owner");
  expect(setRole).toHaveBeenCalledExactlyOnceWith("Malik", "owner");
});

test("the group gets another name, but not none", () => {
  const { rename } = show(group);
  press("Change name");
  const field = screen.getByRole("textbox", { name: "Group name" });
  fireEvent.change(field, { target: { value: " " } });
  fireEvent.submit(field);
  expect(rename).not.toHaveBeenCalled();
  fireEvent.change(field, { target: { value: "Allotment" } });
  fireEvent.submit(field);
  expect(rename).toHaveBeenCalledExactlyOnceWith("Allotment");
});

test("who has left cannot leave again", () => {
  show({ ...group, left: true, role: "member" });
  expect(screen.queryByRole("button", { name: "Leave group" })).toBeNull();
});
