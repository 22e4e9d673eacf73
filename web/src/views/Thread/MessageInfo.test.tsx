import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { message } from "../../gallery/samples.ts";
import { at } from "../../model/fake/demoTime.ts";
import { renderView } from "../../testing/render.tsx";
import type { MessageSnapshot } from "../Message/Message.tsx";
import { MessageInfo } from "./MessageInfo.tsx";

function show(part: Partial<MessageSnapshot>) {
  const close = vi.fn<() => void>();
  renderView(<MessageInfo message={message("Page 38", part)} onClose={close} />);
  return close;
}
// Whether there is a comma is up to the tables of languages.
const time: unknown = expect.stringMatching(/^Tuesday,? 18 November 2025 at 18:20$/u);

/** What is said of it, by what it is called. */
const facts = (): Record<string, string | undefined> =>
  Object.fromEntries(
    screen.getAllByRole("term").map((term) => [term.textContent, term.nextElementSibling?.textContent ?? undefined]),
  );

test.each<[MessageSnapshot["tick"], string]>([
  ["sending", "Waits to be sent"],
  ["sent", "On the server"],
  ["delivered", "On all of their devices"],
  ["read", "Read"],
  ["failed", "Not sent"],
])("one's own that is %s: %s", (tick, state) => {
  show({ mine: true, tick, time: at("18:20", 1) });
  expect(facts()).toEqual({ Sent: time, State: state });
});

test("somebody else's was received", () => {
  show({ time: at("18:20", 1) });
  expect(facts()).toEqual({ Received: time, State: "Received" });
});

test("it says that nothing is encrypted", () => {
  show({});
  expect(screen.getByText(/^Not encrypted yet/u)).toBeDefined();
});

test("the focus begins on what closes it", () => {
  const close = show({});
  const button = screen.getByRole("button", { name: "Close" });
  expect(document.activeElement).toBe(button);
  fireEvent.click(button);
  expect(close).toHaveBeenCalledOnce();
});
