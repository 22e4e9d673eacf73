import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { face } from "../../gallery/samples.ts";
import { renderView } from "../../testing/render.tsx";
import { SignUp, type HandleState, type SignUpSnapshot } from "./SignUp.tsx";

const base: SignUpSnapshot = {
  host: "larkmoor.example",
  face: face(""),
  name: "Nora",
  nameError: undefined,
  handle: "nora",
  handleState: "free",
  pictureError: undefined,
  busy: false,
  error: undefined,
};

function show(part: Partial<SignUpSnapshot> = {}) {
  const actions = {
    setName: vi.fn<(name: string) => void>(),
    setHandle: vi.fn<(handle: string) => void>(),
    setPicture: vi.fn<(file: File) => void>(),
    removePicture: vi.fn<() => void>(),
    submit: vi.fn<() => void>(),
    back: vi.fn<() => void>(),
  };
  renderView(<SignUp snapshot={{ ...base, ...part }} actions={actions} />);
  return actions;
}
const name = (): HTMLElement => screen.getByRole("textbox", { name: "Name" });
const handle = (): HTMLElement => screen.getByRole("textbox", { name: "Handle" });
const noteOf = (field: HTMLElement): string =>
  document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent ?? "";

test("what is typed becomes the name and the handle", () => {
  const { setName, setHandle } = show();
  fireEvent.change(name(), { target: { value: "Nora Lind" } });
  fireEvent.change(handle(), { target: { value: "nora.lind" } });
  expect(setName).toHaveBeenCalledExactlyOnceWith("Nora Lind");
  expect(setHandle).toHaveBeenCalledExactlyOnceWith("nora.lind");
});

test("a handle says how one is found by it", () => {
  show();
  expect(noteOf(handle())).toBe("People find you as @nora on larkmoor.example");
});

test.each<[HandleState, RegExp]>([
  ["taken", /^@nora is taken/u],
  ["bad", /^A handle has 2 to 32/u],
  ["look_alike", /looks like one/u],
  ["reserved", /is kept for/u],
])("a handle that is %s is wrong, and says why", (handleState, why) => {
  show({ handleState });
  expect(handle().getAttribute("aria-invalid")).toBe("true");
  expect(noteOf(handle())).toMatch(why);
});

test.each<HandleState>(["empty", "checking", "free", "unchecked"])(
  "a handle that is %s is not wrong",
  (handleState) => {
    show({ handleState });
    expect(handle().hasAttribute("aria-invalid")).toBe(false);
  },
);

test("what is wrong with the name stands at the name", () => {
  show({ nameError: "Write a name." });
  expect(noteOf(name())).toBe("Write a name.");
});

test.each(["error", "pictureError"] as const)("the %s is said aloud", (key) => {
  show({ [key]: "That did not work." });
  expect(screen.getByRole("alert").textContent).toBe("That did not work.");
});

test("the button goes on", () => {
  const { submit } = show();
  fireEvent.click(screen.getByRole("button", { name: "Continue" }));
  expect(submit).toHaveBeenCalledOnce();
});

test("while it goes on, the button says that it is busy", () => {
  show({ busy: true });
  expect(screen.getByRole("button", { name: "Continue" }).getAttribute("aria-busy")).toBe("true");
});

test("there is a way back", () => {
  const { back } = show();
  fireEvent.click(screen.getByRole("button", { name: "Back" }));
  expect(back).toHaveBeenCalledOnce();
});

test("a picture is there to be removed once there is one", () => {
  const { removePicture } = show({ face: face("Nora", "blob:nora") });
  fireEvent.click(screen.getByRole("button", { name: "Remove picture" }));
  expect(removePicture).toHaveBeenCalledOnce();
});
