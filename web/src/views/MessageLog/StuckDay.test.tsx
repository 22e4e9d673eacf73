import { act, fireEvent, screen } from "@testing-library/react";
import type { ReactElement } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { messageRow } from "../../gallery/samples.ts";
import { at } from "../../model/fake/demoTime.ts";
import { renderView } from "../../testing/render.tsx";
import type { ChatLogRow } from "./MessageLog.tsx";
import { StuckDay, useStuckDay } from "./StuckDay.tsx";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const rows: readonly ChatLogRow[] = [
  { key: "yesterday", kind: "day", space: "none", day: at("18:20", 1) },
  messageRow("First frost", { time: at("18:20", 1) }),
  { key: "today", kind: "day", space: "day", day: at("09:34") },
  messageRow("Page 38", { time: at("09:34") }),
];

/** A press of a row scrolls it to the upper edge. */
function Log({ shown }: { readonly shown: readonly ChatLogRow[] }): ReactElement {
  const { stuck, tell } = useStuckDay(shown);
  return (
    <>
      {rows.map(({ key }) => (
        <button
          key={key}
          type="button"
          onClick={() => {
            tell(key);
          }}
        >
          {key}
        </button>
      ))}
      <StuckDay stuck={stuck} />
    </>
  );
}
const scrollTo = (name: string): void => {
  fireEvent.click(screen.getByRole("button", { name }));
};
const wait = (ms: number): void => {
  act(() => {
    vi.advanceTimersByTime(ms);
  });
};
/** The day that is shown. */
const shown = (): string | undefined => document.querySelector("[data-stuck]")?.textContent;

test("before somebody scrolls no day is shown", () => {
  renderView(<Log shown={rows} />);
  expect(shown()).toBeUndefined();
});

test("while somebody scrolls, the day of what they see is shown", () => {
  renderView(<Log shown={rows} />);
  scrollTo("First frost");
  expect(shown()).toBe("Yesterday");
  scrollTo("Page 38");
  expect(shown()).toBe("Today");
});

test("it is gone a second after", () => {
  renderView(<Log shown={rows} />);
  scrollTo("First frost");
  wait(999);
  expect(shown()).toBe("Yesterday");
  wait(1);
  expect(shown()).toBeUndefined();
});

test("who scrolls on keeps it", () => {
  renderView(<Log shown={rows} />);
  scrollTo("First frost");
  wait(999);
  scrollTo("First frost");
  wait(999);
  expect(shown()).toBe("Yesterday");
});

test("a day that stands at the edge itself is not shown twice", () => {
  renderView(<Log shown={rows} />);
  scrollTo("First frost");
  scrollTo("yesterday");
  expect(shown()).toBeUndefined();
});

test("a row that is gone again changes nothing", () => {
  renderView(<Log shown={rows.slice(2)} />);
  scrollTo("Page 38");
  scrollTo("First frost");
  expect(shown()).toBe("Today");
});

test("it is for the eye alone: the days are read among the messages", () => {
  renderView(<Log shown={rows} />);
  scrollTo("First frost");
  expect(document.querySelector("[data-stuck]")?.getAttribute("aria-hidden")).toBe("true");
});
