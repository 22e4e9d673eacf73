import { act, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { messageRow } from "../../gallery/samples.ts";
import { at } from "../../model/fake/demoTime.ts";
import { matching } from "../../testing/setup.ts";
import { renderView } from "../../testing/render.tsx";
import { MessageLog, type ChatLogRow, type MessageLogActions, type MessageLogSnapshot } from "./MessageLog.tsx";

/** jsdom lays nothing out: here each row is so high, and the window three times that. */
const tall = 100;

/** How much is above the rows that are on the page, how many they are, and how much is below them. */
function column(scroller: Element): { readonly before: number; readonly rows: Element[]; readonly after: number } {
  const spaces = [...scroller.querySelectorAll<HTMLElement>("[role=log] > [style]")];
  const [before = 0, after = 0] = spaces.map(({ style }) => Number.parseFloat(style.height));
  return { before, rows: [...scroller.querySelectorAll("[data-key]")], after };
}
function layOut(): void {
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(3 * tall);
  vi.spyOn(Element.prototype, "scrollHeight", "get").mockImplementation(function height(this: Element) {
    const { before, rows, after } = column(this);
    return before + rows.length * tall + after;
  });
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockImplementation(function rect(this: Element) {
    const scroller = this.closest("[role=log]")?.parentElement;
    if (scroller === null || scroller === undefined || !this.matches("[data-key]")) return new DOMRect();
    const { before, rows } = column(scroller);
    return new DOMRect(0, before + rows.indexOf(this) * tall - scroller.scrollTop, 0, tall);
  });
  Element.prototype.scrollBy = function scrollBy(this: Element, by?: ScrollToOptions | number) {
    if (typeof by === "object") this.scrollTop += by.top ?? 0;
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  matching.add("(prefers-reduced-motion: reduce)");
  layOut();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const rows: readonly ChatLogRow[] = Array.from({ length: 40 }, (_, index) => messageRow(`Message ${index + 1}`));
const snapshot: MessageLogSnapshot = { rows, ended: true, start: { at: "end" }, below: 0, sent: 0 };

function show(part: Partial<MessageLogSnapshot> = {}) {
  const actions = {
    retry: vi.fn<(id: string) => void>(),
    discard: vi.fn<MessageLogActions["discard"]>(),
    menu: vi.fn<MessageLogActions["menu"]>(),
    loadOlder: vi.fn<() => void>(),
    loadNewer: vi.fn<() => void>(),
    showLatest: vi.fn<() => void>(),
    seen: vi.fn<(key: string) => void>(),
    follow: vi.fn<(following: boolean) => void>(),
    leave: vi.fn<MessageLogActions["leave"]>(),
  };
  const view = (now: MessageLogSnapshot) => <MessageLog snapshot={now} actions={actions} held={undefined} />;
  const { rerender, unmount } = renderView(view({ ...snapshot, ...part }));
  return {
    ...actions,
    unmount,
    become: (next: Partial<MessageLogSnapshot>): void => {
      rerender(view({ ...snapshot, ...part, ...next }));
    },
  };
}
const scroller = (): HTMLElement => {
  const element = screen.getByRole("log", { name: "Messages" }).parentElement;
  if (element === null) throw new Error("the log stands in nothing that scrolls");
  return element;
};
/** So far from the end. */
const left = (): number => scroller().scrollHeight - scroller().clientHeight - scroller().scrollTop;
const scrollBy = (by: number): void => {
  scroller().scrollTop += by;
  fireEvent.scroll(scroller());
};
const rest = (): void => {
  act(() => {
    vi.advanceTimersByTime(500);
  });
};
const message = (number: number): HTMLElement =>
  screen.getByRole("article", { name: new RegExp(`, Message ${number},`, "u") });
const stops = (): (string | undefined)[] =>
  screen
    .getAllByRole("article")
    .filter(({ tabIndex }) => tabIndex === 0)
    .map((one) => one.dataset.message);
const press = (key: string, held: KeyboardEventInit = {}): boolean =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...held });
const jump = (): HTMLElement | null => screen.queryByRole("button", { name: /^Jump to latest/u });

test("it begins at its end, and offers no way there", () => {
  show();
  expect(left()).toBe(0);
  expect(jump()).toBeNull();
});

test("who scrolls up is offered the way back, with what is new there", () => {
  const { follow } = show({ below: 4 });
  scrollBy(-1000);
  expect(jump()?.getAttribute("aria-label")).toBe("Jump to latest, 4 unread");
  expect(follow).toHaveBeenLastCalledWith(false);
});

test("the way back leads to the end, and is gone then", () => {
  show();
  scrollBy(-1000);
  fireEvent.click(screen.getByRole("button", { name: "Jump to latest" }));
  expect(left()).toBe(0);
  expect(jump()).toBeNull();
});

test("where the newest are not here, the way back asks for them", () => {
  const { showLatest } = show({ ended: false });
  fireEvent.click(screen.getByRole("button", { name: "Jump to latest" }));
  expect(showLatest).toHaveBeenCalledOnce();
});

test("who sends something comes to the end", () => {
  const { become } = show();
  scrollBy(-1000);
  become({ sent: 1 });
  expect(left()).toBe(0);
});

test("what comes does not move who reads further up", () => {
  const { become } = show();
  scrollBy(-1000);
  const before = message(30).getBoundingClientRect().top;
  become({ rows: [...rows, messageRow("One more")], below: 1 });
  expect(message(30).getBoundingClientRect().top).toBe(before);
});

test("near its beginning older ones are asked for", () => {
  const { loadOlder } = show();
  loadOlder.mockClear();
  scrollBy(-scroller().scrollTop);
  expect(loadOlder).toHaveBeenCalled();
});

test("the last message in sight is told as seen once scrolling has come to rest", () => {
  const { seen } = show();
  scrollBy(-1000);
  expect(seen).not.toHaveBeenCalled();
  rest();
  expect(seen).toHaveBeenCalledExactlyOnceWith("Message 30");
});

test("where it was is told when it goes", () => {
  const { leave, unmount } = show();
  scrollBy(-1000);
  unmount();
  expect(leave).toHaveBeenCalledExactlyOnceWith({ at: "row", key: "Message 28", top: 0 });
});

test("while somebody scrolls, the day of what they see is shown above", () => {
  show();
  scrollBy(-1000);
  expect(document.querySelector("[data-stuck]")?.textContent).toBe("Today");
});

test("Tab comes to the last message, and to no other", () => {
  show();
  expect(stops()).toEqual(["Message 40"]);
});

test("who has scrolled comes to the last message in sight", () => {
  show();
  scrollBy(-1000);
  rest();
  expect(stops()).toEqual(["Message 30"]);
});

test.each([
  ["ArrowUp", 39],
  ["ArrowDown", 40],
  ["Home", 1],
])("from the last message %s leads to the %ith", (key, to) => {
  show();
  message(40).focus();
  expect(press(key)).toBe(false);
  expect(document.activeElement).toBe(message(to));
  expect(stops()).toEqual([`Message ${to}`]);
});

test("End leads back to the last", () => {
  show();
  message(38).focus();
  press("End");
  expect(document.activeElement).toBe(message(40));
});

test("where the newest are not here, End asks for them", () => {
  const { showLatest } = show({ ended: false });
  message(38).focus();
  press("End");
  expect(showLatest).toHaveBeenCalledOnce();
});

test("arrows pass over what is no message", () => {
  const day: ChatLogRow = { key: "day", kind: "day", space: "day", day: at("09:00") };
  show({ rows: [...rows.slice(0, 2), day, ...rows.slice(2, 4)] });
  message(3).focus();
  press("ArrowUp");
  expect(document.activeElement).toBe(message(2));
});

test("an arrow with another key held is the browser's", () => {
  show();
  message(40).focus();
  expect(press("ArrowUp", { altKey: true })).toBe(true);
  expect(document.activeElement).toBe(message(40));
});

test("buttons below a message keep their keys", () => {
  const failed = messageRow("Not yet", { mine: true, tick: "failed", failed: "offline" });
  show({ rows: [...rows, failed] });
  const again = screen.getByRole("button", { name: "Try again" });
  again.focus();
  expect(press("ArrowUp")).toBe(true);
  expect(document.activeElement).toBe(again);
});

const said = { space: "none", day: at("09:00", 1) } as const;

test.each<[string, ChatLogRow]>([
  ["Yesterday", { ...said, key: "day", kind: "day" }],
  ["2 unread messages", { ...said, key: "unread", kind: "unread", count: 2 }],
])("between messages “%s” is read as what parts them", (name, row) => {
  show({ rows: [row, ...rows.slice(0, 2)] });
  expect(screen.getByRole("separator", { name })).toBeDefined();
});

test("that older ones are loading is said", () => {
  show({ rows: [{ ...said, key: "older", kind: "older", head: true }, ...rows.slice(0, 2)] });
  expect(screen.getByRole("status").textContent).toBe("Loading older messages");
});

test.each<[RegExp, ChatLogRow]>([
  [/^Not encrypted yet/u, { ...said, key: "start", kind: "start", head: true }],
  [/^Iver left/u, { ...said, key: "left", kind: "system", event: { what: "left", who: { name: "Iver", you: false } } }],
])("among the messages stands %s", (text, row) => {
  show({ rows: [row, ...rows.slice(0, 2)] });
  expect(screen.getByText(text)).toBeDefined();
});

test("rows that come and go with scrolling are not announced", () => {
  show();
  expect(screen.getByRole("log").getAttribute("aria-live")).toBe("off");
});
