import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { face } from "../../gallery/samples.ts";
import { at } from "../../model/fake/demoTime.ts";
import { renderView } from "../../testing/render.tsx";
import { ThreadHeader, type ThreadHeaderSnapshot, type ThreadStatus } from "./ThreadHeader.tsx";

function show(part: Partial<ThreadHeaderSnapshot> = {}, locale: "en" | "de" = "en") {
  const actions = { back: vi.fn<() => void>(), toggleInfo: vi.fn<() => void>() };
  const snapshot = { title: "Anouk", face: face("Anouk"), online: false, status: none, infoOpen: false, ...part };
  renderView(<ThreadHeader snapshot={snapshot} actions={actions} />, locale);
  return actions;
}
const none: ThreadStatus = { kind: "none" };
const heading = (): HTMLElement => screen.getByRole("heading", { level: 1 });

test.each<[string, ThreadStatus]>([
  ["online", { kind: "online" }],
  ["connecting…", { kind: "connecting" }],
  ["typing", { kind: "typing", names: [] }],
  ["Anouk and Theo are typing", { kind: "typing", names: ["Anouk", "Theo"] }],
  ["3 people are typing", { kind: "typing", names: ["Anouk", "Theo", "Malik"] }],
  ["Malik, Greta and 9 more", { kind: "members", names: ["Malik", "Greta"], more: 9 }],
  ["last seen yesterday at 21:10", { kind: "last_seen", time: at("21:10", 1), exactness: "minute" }],
  ["last seen yesterday", { kind: "last_seen", time: at("00:00", 1), exactness: "day" }],
])("below the title stands: %s", (text, status) => {
  show({ status });
  expect(screen.getByText(text)).toBeDefined();
});

test("with nothing to say, the title stands alone", () => {
  show();
  expect(heading().querySelector("b")?.parentElement?.textContent).toBe("Anouk");
});

test.each(["Anouk, open info", "Chat info"])("the button “%s” opens the info", (name) => {
  const { toggleInfo } = show();
  fireEvent.click(screen.getByRole("button", { name }));
  expect(toggleInfo).toHaveBeenCalledOnce();
});

test.each([true, false])("both buttons say whether the info is open: %s", (infoOpen) => {
  show({ infoOpen });
  for (const name of ["Anouk, open info", "Chat info"]) {
    expect(screen.getByRole("button", { name }).getAttribute("aria-expanded")).toBe(String(infoOpen));
  }
});

test("in German, the way back is called so", () => {
  const { back } = show({}, "de");
  fireEvent.click(screen.getByRole("button", { name: "Zurück" }));
  expect(back).toHaveBeenCalledOnce();
});
