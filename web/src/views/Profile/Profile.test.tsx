import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { face } from "../../gallery/samples.ts";
import { renderView } from "../../testing/render.tsx";
import { Profile, type ProfileSnapshot } from "./Profile.tsx";

function show(part: Partial<ProfileSnapshot> = {}) {
  const actions = {
    back: vi.fn<() => void>(),
    setName: vi.fn<(name: string) => void>(),
    setAbout: vi.fn<(about: string) => void>(),
    setPicture: vi.fn<(file: File) => void>(),
    removePicture: vi.fn<() => void>(),
    save: vi.fn<() => void>(),
  };
  const snapshot: ProfileSnapshot = {
    face: face("Nora Lind"),
    handle: "nora",
    host: "larkmoor.example",
    name: "Nora Lind",
    about: "",
    nameError: undefined,
    pictureError: undefined,
    changed: false,
    busy: false,
    error: undefined,
    ...part,
  };
  renderView(<Profile snapshot={snapshot} actions={actions} />);
  return actions;
}

test("what is typed becomes the name and the line about one", () => {
  const { setName, setAbout } = show();
  fireEvent.change(screen.getByRole("textbox", { name: "Name" }), { target: { value: "Nora" } });
  fireEvent.change(screen.getByRole("textbox", { name: "About" }), { target: { value: "Early riser" } });
  expect(setName).toHaveBeenCalledExactlyOnceWith("Nora");
  expect(setAbout).toHaveBeenCalledExactlyOnceWith("Early riser");
});

test("with nothing changed there is nothing to save", () => {
  show();
  expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
});

test("what was changed is saved by the button", () => {
  const { save } = show({ changed: true });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(save).toHaveBeenCalledOnce();
});

test.each(["error", "pictureError"] as const)("the %s is said aloud", (key) => {
  show({ [key]: "That did not work." });
  expect(screen.getByRole("alert").textContent).toBe("That did not work.");
});

test("a wrong name is said at the field", () => {
  show({ nameError: "Write a name." });
  expect(screen.getByRole("textbox", { name: "Name" }).getAttribute("aria-invalid")).toBe("true");
});

test("a chosen picture is handed on", () => {
  const { setPicture } = show();
  const file = new File(["x"], "nora.png", { type: "image/png" });
  fireEvent.change(screen.getByLabelText("Change picture", { selector: "input" }), { target: { files: [file] } });
  expect(setPicture).toHaveBeenCalledExactlyOnceWith(file);
});
