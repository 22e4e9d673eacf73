import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { phone } from "../../base/useMedia.ts";
import { face, messageRow } from "../../gallery/samples.ts";
import { silent } from "../../gallery/silent.ts";
import { matching } from "../../testing/setup.ts";
import { renderView } from "../../testing/render.tsx";
import type { MessageSnapshot } from "../Message/Message.tsx";
import { Thread, type ThreadSnapshot } from "./Thread.tsx";

const failed: Partial<MessageSnapshot> = { id: "f1", mine: true, tick: "failed", failed: "offline" };
const open = {
  state: "open",
  id: "anouk",
  header: { title: "Anouk", face: face("Anouk"), online: true, status: { kind: "online" }, infoOpen: false },
  log: {
    rows: [messageRow("Page 38"), messageRow("The pump is fixed", failed)],
    ended: true,
    start: { at: "end" },
    below: 0,
    sent: 0,
  },
  composer: { draft: "", enterSends: true, closed: undefined, tooLong: false, emoji: { state: "closed" } },
  announcement: { id: 0, text: "" },
  ripples: false,
} as const satisfies ThreadSnapshot;

function show(snapshot: ThreadSnapshot = open) {
  const [copy, discard, writeTo] = [
    vi.fn<(text: string) => void>(),
    vi.fn<(id: string) => void>(),
    vi.fn<(account: string) => void>(),
  ];
  const log = {
    retry: vi.fn<(id: string) => void>(),
    loadOlder: () => undefined,
    loadNewer: () => undefined,
    showLatest: () => undefined,
    seen: () => undefined,
    follow: () => undefined,
    leave: () => undefined,
  };
  const actions = { header: silent<never>(), composer: silent<never>(), log, copy, discard, writeTo };
  const { rerender } = renderView(<Thread snapshot={snapshot} actions={actions} />);
  return {
    retry: log.retry,
    copy,
    discard,
    writeTo,
    become: (next: ThreadSnapshot): void => {
      rerender(<Thread snapshot={next} actions={actions} />);
    },
  };
}
const article = (text: string): HTMLElement => screen.getByRole("article", { name: new RegExp(`, ${text},`, "u") });
const menuOf = (text: string): void => {
  article(text).focus();
  fireEvent.keyDown(article(text), { key: "ContextMenu" });
};
const choose = (name: string): void => {
  fireEvent.click(screen.getByRole("menuitem", { name }));
};
const answer = (name: string): void => {
  fireEvent.click(within(screen.getByRole("alertdialog")).getByRole("button", { name }));
};

test("before anything is known of it there is nothing to write in", () => {
  show({ state: "loading", ripples: true });
  expect(screen.getByRole("heading", { name: "Loading" })).toBeDefined();
  expect(screen.queryByRole("textbox")).toBeNull();
});

test.each(["soon", "late"] as const)("while its messages are read (%s) one can write already", (log) => {
  show({ ...open, log });
  expect(screen.getByRole("textbox", { name: "Message" })).toBeDefined();
  expect(screen.queryByRole("log")).toBeNull();
});

test.each([
  ["soon", 0],
  ["late", 1],
] as const)("that they are read is not said at once, but after a while: %s, %i", (log, times) => {
  show({ ...open, log });
  expect(screen.queryAllByText("Loading")).toHaveLength(times);
});

test("with whom one writes stands above what was written", () => {
  show();
  const log = screen.getByRole("log", { name: "Messages" });
  const order = screen.getByRole("heading", { level: 1, name: /Anouk/u }).compareDocumentPosition(log);
  expect(order).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
});

test("what came last is read out", () => {
  const { become } = show();
  become({ ...open, announcement: { id: 1, text: "Anouk: Page 39" } });
  expect(screen.getByText("Anouk: Page 39").closest("[aria-live]")?.getAttribute("aria-live")).toBe("polite");
});

test("the menu of a message copies its text", () => {
  const { copy } = show();
  menuOf("Page 38");
  choose("Copy");
  expect(copy).toHaveBeenCalledExactlyOnceWith("Page 38");
  expect(screen.queryByRole("menu")).toBeNull();
});

test("the message whose menu is open is marked, and no other", () => {
  show();
  menuOf("Page 38");
  const held = [...document.querySelectorAll("[data-held] [data-message]")];
  expect(held.map((one) => (one as HTMLElement).dataset.message)).toEqual(["Page 38"]);
});

test("the menu of one that was not sent sends it again", () => {
  const { retry } = show();
  menuOf("The pump is fixed");
  choose("Try again");
  expect(retry).toHaveBeenCalledExactlyOnceWith("f1");
});

test("from a group, the menu leads to its author alone", () => {
  const { writeTo } = show({ ...open, log: { ...open.log, rows: [messageRow("Page 38", { group: true })] } });
  menuOf("Page 38");
  choose("Write to Anouk");
  expect(writeTo).toHaveBeenCalledExactlyOnceWith("Anouk");
});

test("the menu tells more about a message in a dialog of its own", () => {
  show();
  menuOf("Page 38");
  choose("Info");
  expect(screen.getByRole("dialog", { name: "Message info" })).toBeDefined();
  fireEvent.click(screen.getByRole("button", { name: "Close" }));
  expect(screen.queryByRole("dialog")).toBeNull();
});

const ways: readonly [string, () => void][] = [
  [
    "in its menu",
    () => {
      menuOf("The pump is fixed");
      choose("Delete");
    },
  ],
  [
    "below it",
    () => {
      fireEvent.click(screen.getByRole("button", { name: "Delete" }));
    },
  ],
];

test.each(ways)("before a message is deleted %s, that is asked", (_, ask) => {
  const { discard } = show();
  ask();
  expect(discard).not.toHaveBeenCalled();
  answer("Delete it");
  expect(discard).toHaveBeenCalledExactlyOnceWith("f1");
});

test.each(ways)("who keeps it, asked %s, loses nothing", (_, ask) => {
  const { discard } = show();
  ask();
  answer("Keep it");
  expect(screen.queryByRole("alertdialog")).toBeNull();
  expect(discard).not.toHaveBeenCalled();
});

test("what lies over a conversation goes with it", () => {
  const { become } = show();
  menuOf("The pump is fixed");
  choose("Delete");
  become({ ...open, id: "theo" });
  expect(screen.queryByRole("alertdialog")).toBeNull();
});

test.each([
  ["on phones", true],
  ["beside the list", false],
])("%s the message itself stands above its menu: %s", (_, small) => {
  if (small) matching.add(phone);
  show();
  menuOf("Page 38");
  const layer = screen.getByRole("dialog", { name: "Message" });
  expect(within(layer).queryByText("Page 38") !== null).toBe(small);
});

test("what is lifted is for the eye alone: it is read in its place", () => {
  matching.add(phone);
  show();
  menuOf("Page 38");
  const lifted = within(screen.getByRole("dialog", { name: "Message" })).getByText("Page 38");
  expect(lifted.closest("[aria-hidden=true]")).not.toBeNull();
});
