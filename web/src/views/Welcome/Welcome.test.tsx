import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { face } from "../../gallery/samples.ts";
import { renderView } from "../../testing/render.tsx";
import { Welcome, type WelcomeSnapshot } from "./Welcome.tsx";

const server = {
  name: "Larkmoor Commons",
  host: "larkmoor.example",
  members: 186,
  since: new Date(2024, 2, 1).getTime(),
};

function show(snapshot: WelcomeSnapshot) {
  const actions = {
    accept: vi.fn<() => void>(),
    linkDevice: vi.fn<() => void>(),
    enterCode: vi.fn<() => void>(),
    setCode: vi.fn<(code: string) => void>(),
    submitCode: vi.fn<() => void>(),
    back: vi.fn<() => void>(),
    retry: vi.fn<() => void>(),
  };
  renderView(<Welcome snapshot={snapshot} actions={actions} />);
  return actions;
}
const press = (name: string): void => {
  fireEvent.click(screen.getByRole("button", { name }));
};
const code = { state: "code", server, code: "abc", busy: false, error: undefined } as const;

test.each<[string, WelcomeSnapshot]>([
  ["Come in", { state: "open", server }],
  ["By invitation", { state: "invite_only", server }],
  ["Nobody new for now", { state: "closed", server }],
  ["That invitation is not known", { state: "bad_invite", server, why: "unknown" }],
  ["That invitation has run out", { state: "bad_invite", server, why: "expired" }],
  ["That invitation was used", { state: "bad_invite", server, why: "used" }],
  ["The server does not answer", { state: "unreachable" }],
])("its heading is: %s", (title, snapshot) => {
  show(snapshot);
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe(title);
});

test("an invitation says who sent it, and is accepted by the button", () => {
  const { accept } = show({ state: "invited", server, from: face("Anouk") });
  expect(screen.getByText("Anouk invited you")).toBeDefined();
  press("Accept invitation");
  expect(accept).toHaveBeenCalledOnce();
});

test("an invitation of nobody is one, too", () => {
  show({ state: "invited", server, from: undefined });
  expect(screen.getByText("You are invited")).toBeDefined();
});

test("the first one on a server is told so", () => {
  show({ state: "open", server: { ...server, since: undefined } });
  expect(screen.getByText(/you are the first here/u)).toBeDefined();
});

test.each<WelcomeSnapshot>([
  { state: "open", server },
  { state: "invite_only", server },
  { state: "closed", server },
  { state: "bad_invite", server, why: "used" },
])("where it is $state, who has an account can link this device", (snapshot) => {
  const { linkDevice } = show(snapshot);
  press("Link this device to my phone");
  expect(linkDevice).toHaveBeenCalledOnce();
});

test.each<WelcomeSnapshot>([
  { state: "invite_only", server },
  { state: "closed", server },
])("where it is $state, no account can be made", (snapshot) => {
  show(snapshot);
  expect(screen.queryByRole("button", { name: "Make an account" })).toBeNull();
});

test("after a bad invitation another code can be entered", () => {
  const { enterCode } = show({ state: "bad_invite", server, why: "expired" });
  press("Enter its code");
  expect(enterCode).toHaveBeenCalledOnce();
});

test("a code that is typed is opened by the button", () => {
  const { setCode, submitCode } = show(code);
  fireEvent.change(screen.getByRole("textbox", { name: "Invitation code" }), { target: { value: "abcd" } });
  expect(setCode).toHaveBeenCalledExactlyOnceWith("abcd");
  press("Open invitation");
  expect(submitCode).toHaveBeenCalledOnce();
});

test("a wrong code says why at the field", () => {
  show({ ...code, error: "That invitation is not known" });
  const field = screen.getByRole("textbox", { name: "Invitation code" });
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent).toBe(
    "That invitation is not known",
  );
});

test("a server that does not answer can be asked again", () => {
  const { retry } = show({ state: "unreachable" });
  press("Try again");
  expect(retry).toHaveBeenCalledOnce();
});

test("while it loads, that is said", () => {
  show({ state: "loading" });
  expect(screen.getByRole("status", { name: "Loading" })).toBeDefined();
});
