import { afterEach, expect, test, vi } from "vitest";
import { face, message } from "../../gallery/samples.ts";
import { en } from "../../i18n/en.ts";
import type { MessageSnapshot } from "../Message/Message.tsx";
import { messageMenu, selectTextOf } from "./messageMenu.ts";

function menu(part: Partial<MessageSnapshot> = {}) {
  const choices = {
    copy: vi.fn<(text: string) => void>(),
    select: vi.fn<(id: string) => void>(),
    writeTo: vi.fn<(account: string) => void>(),
    info: vi.fn<() => void>(),
    retry: vi.fn<(id: string) => void>(),
    discard: vi.fn<() => void>(),
  };
  const actions = messageMenu(message("Page 38", { id: "m1", ...part }), en, choices).filter(
    (item) => item.kind === "action",
  );
  return {
    ...choices,
    actions,
    labels: actions.map(({ label }) => label),
    choose: (label: string): void => {
      actions.find((item) => item.label === label)?.onSelect();
    },
  };
}
const failed = { mine: true, tick: "failed", failed: "offline" } as const;

test.each<[string, Partial<MessageSnapshot>, readonly string[]]>([
  ["a message between two people", {}, ["Copy", "Select text", "Info"]],
  ["one's own", { mine: true, tick: "read" }, ["Copy", "Select text", "Info"]],
  ["somebody's in a group", { group: true }, ["Copy", "Select text", "Write to Anouk", "Info"]],
  ["one's own in a group", { group: true, mine: true }, ["Copy", "Select text", "Info"]],
  ["one that was not sent", failed, ["Try again", "Copy", "Select text", "Info", "Delete"]],
  ["one that needs a newer version", { text: undefined }, ["Info"]],
])("with %s one can do: %o %j", (_, part, labels) => {
  expect(menu(part).labels).toEqual(labels);
});

test("what is copied is the text", () => {
  const { choose, copy } = menu();
  choose("Copy");
  expect(copy).toHaveBeenCalledExactlyOnceWith("Page 38");
});

test("what is selected and what is sent again is the message", () => {
  const { choose, select, retry } = menu(failed);
  choose("Select text");
  choose("Try again");
  expect(select).toHaveBeenCalledExactlyOnceWith("m1");
  expect(retry).toHaveBeenCalledExactlyOnceWith("m1");
});

test("who is written to is the account, whatever it is called", () => {
  const { choose, writeTo } = menu({ group: true, author: { face: { ...face("Anouk"), id: "a7" }, role: "member" } });
  choose("Write to Anouk");
  expect(writeTo).toHaveBeenCalledExactlyOnceWith("a7");
});

test("of all things only deleting looks dangerous", () => {
  expect(
    menu(failed)
      .actions.filter(({ danger }) => danger === true)
      .map(({ label }) => label),
  ).toEqual(["Delete"]);
});

afterEach(() => {
  document.body.replaceChildren();
  getSelection()?.removeAllRanges();
});

function page(): void {
  for (const [id, text] of [
    ["m1", "Page 38"],
    ['m"2', "Thanks"],
  ] as const) {
    const article = document.createElement("div");
    article.dataset.message = id;
    article.innerHTML = `<b>Anouk</b><span data-text>${text}</span><time>09:34</time>`;
    document.body.append(article);
  }
}

test.each([
  ["m1", "Page 38"],
  ['m"2', "Thanks"],
])("of the message %s its text is selected, without author and time", (id, text) => {
  page();
  selectTextOf(id);
  expect(getSelection()?.toString()).toBe(text);
});

test("a message that is not on the page leaves what is selected", () => {
  page();
  selectTextOf("m1");
  selectTextOf("m3");
  expect(getSelection()?.toString()).toBe("Page 38");
});
