import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { chatRow, face, person } from "../../gallery/samples.ts";
import { renderView } from "../../testing/render.tsx";
import { ChatList, type ChatListSnapshot } from "./ChatList.tsx";

const anouk = chatRow("Anouk", { unread: 2 });
const theo = chatRow("Theo");
const film = chatRow("Film night", { group: true });
const base: ChatListSnapshot = {
  me: face("Nora Lind"),
  server: "larkmoor.example",
  connection: { state: "online" },
  filter: "all",
  query: "",
  unread: 2,
  archived: false,
  open: "Theo",
  content: { state: "rows", rows: [anouk, theo, film] },
};

function actionsOf() {
  return {
    openSettings: vi.fn<() => void>(),
    newChat: vi.fn<() => void>(),
    setFilter: vi.fn<(filter: string) => void>(),
    setQuery: vi.fn<(query: string) => void>(),
    act: vi.fn<(id: string, action: string) => void>(),
    openPerson: vi.fn<(one: unknown) => void>(),
    connection: { reconnect: vi.fn<() => void>(), leave: vi.fn<() => void>() },
    hrefOf: (id: string): string => `#/c/${id}`,
  };
}
function show(part: Partial<ChatListSnapshot> = {}, locale: "en" | "de" = "en"): ReturnType<typeof actionsOf> {
  const actions = actionsOf();
  renderView(<ChatList snapshot={{ ...base, ...part }} actions={actions} />, locale);
  return actions;
}
const row = (title: string): HTMLElement => screen.getByRole("link", { name: new RegExp(`^${title}, `, "u") });

test("each conversation leads to its own address", () => {
  show();
  expect(screen.getAllByRole("link").map((link) => link.getAttribute("href"))).toEqual([
    "#/c/Anouk",
    "#/c/Theo",
    "#/c/Film night",
  ]);
});

test("only the conversation that is open is the current one", () => {
  show();
  expect(screen.getAllByRole("link").filter((link) => link.hasAttribute("aria-current"))).toEqual([row("Theo")]);
});

test("Tab comes to the open conversation only", () => {
  show();
  expect(screen.getAllByRole("link").filter(({ tabIndex }) => tabIndex === 0)).toEqual([row("Theo")]);
});

test.each([
  ["ArrowDown", "Film night"],
  ["ArrowUp", "Anouk"],
  ["Home", "Anouk"],
  ["End", "Film night"],
])("%s goes from the middle row to %s", (key, title) => {
  show();
  row("Theo").focus();
  fireEvent.keyDown(row("Theo"), { key });
  expect(document.activeElement).toBe(row(title));
});

test("the arrow down leads from the search to the first row", () => {
  show();
  fireEvent.keyDown(screen.getByRole("searchbox", { name: "Search" }), { key: "ArrowDown" });
  expect(document.activeElement).toBe(row("Anouk"));
});

test("what is typed is searched for", () => {
  const { setQuery } = show();
  fireEvent.change(screen.getByRole("searchbox"), { target: { value: "an" } });
  expect(setQuery).toHaveBeenCalledExactlyOnceWith("an");
});

test.each([
  ["u", "mark_read"],
  ["p", "pin"],
  ["m", "mute"],
  ["e", "archive"],
])("%s on a row is %s", (key, action) => {
  const { act } = show();
  fireEvent.keyDown(row("Anouk"), { key });
  expect(act).toHaveBeenCalledExactlyOnceWith("Anouk", action);
});

test("a letter with Ctrl is left to the browser", () => {
  const { act } = show();
  expect(fireEvent.keyDown(row("Anouk"), { key: "p", ctrlKey: true })).toBe(true);
  expect(act).not.toHaveBeenCalled();
});

test("the menu of a row is called after it, and pins it", () => {
  const { act } = show();
  fireEvent.contextMenu(row("Anouk"));
  const menu = screen.getByRole("menu", { name: "Actions for Anouk" });
  fireEvent.click(within(menu).getByRole("menuitem", { name: /^Pin/u }));
  expect(act).toHaveBeenCalledExactlyOnceWith("Anouk", "pin");
});

test("only groups can be left", () => {
  show();
  fireEvent.contextMenu(row("Theo"));
  expect(screen.queryByRole("menuitem", { name: "Leave group" })).toBeNull();
});

test("before a group is left, that is asked", () => {
  const { act } = show();
  fireEvent.contextMenu(row("Film night"));
  fireEvent.click(screen.getByRole("menuitem", { name: "Leave group" }));
  expect(act).not.toHaveBeenCalled();
  const question = screen.getByRole("alertdialog", { name: "Leave Film night?" });
  fireEvent.click(within(question).getByRole("button", { name: "Leave group" }));
  expect(act).toHaveBeenCalledExactlyOnceWith("Film night", "leave");
});

test("who stays in the group has left nothing", () => {
  const { act } = show();
  fireEvent.contextMenu(row("Film night"));
  fireEvent.click(screen.getByRole("menuitem", { name: "Leave group" }));
  fireEvent.click(screen.getByRole("button", { name: "Stay" }));
  expect(screen.queryByRole("alertdialog")).toBeNull();
  expect(act).not.toHaveBeenCalled();
});

test("the filter that is on is checked, and another is chosen by a click", () => {
  const { setFilter } = show();
  expect(screen.getByRole("radio", { name: "All" }).getAttribute("aria-checked")).toBe("true");
  fireEvent.click(screen.getByRole("radio", { name: "Groups" }));
  expect(setFilter).toHaveBeenCalledExactlyOnceWith("groups");
});

test("the archive is a filter only once something is in it", () => {
  show();
  expect(screen.queryByRole("radio", { name: "Archived" })).toBeNull();
});

test("with something archived, the archive is a filter", () => {
  show({ archived: true });
  expect(screen.getByRole("radio", { name: "Archived" })).toBeDefined();
});

test.each([
  ["unread", "All read"],
  ["groups", "No groups yet"],
  ["archived", "Nothing archived"],
] as const)("without rows, the filter %s says: %s", (filter, title) => {
  show({ filter, content: { state: "rows", rows: [] } });
  expect(screen.getByText(title)).toBeDefined();
});

test("who has no chats finds nothing to search, and begins one", () => {
  const { newChat } = show({ content: { state: "empty" } });
  expect(screen.queryByRole("searchbox")).toBeNull();
  const [, begin] = screen.getAllByRole("button", { name: "New chat" });
  fireEvent.click(begin ?? document.body);
  expect(newChat).toHaveBeenCalledOnce();
});

test("chats and people that were found stand under headings of their own", () => {
  const hana = person("Hana");
  const { openPerson } = show({
    query: "an",
    content: { state: "search", rows: [anouk], people: { state: "found", people: [hana] }, exact: false },
  });
  expect(screen.getAllByRole("heading", { level: 2 }).map(({ textContent }) => textContent)).toEqual([
    "Chats",
    "People on larkmoor.example",
  ]);
  fireEvent.click(screen.getByRole("button", { name: "Hana, @hana" }));
  expect(openPerson).toHaveBeenCalledExactlyOnceWith(hana);
});

test("a search that found nothing says for what", () => {
  show({ query: "xy", content: { state: "search", rows: [], people: { state: "found", people: [] }, exact: false } });
  expect(screen.getByText("No chat or person matches “xy”.")).toBeDefined();
});

test("while people are looked for, nothing is said to be missing", () => {
  show({ query: "xy", content: { state: "search", rows: [], people: { state: "searching" }, exact: false } });
  expect(screen.getByText("Looking for people")).toBeDefined();
  expect(screen.queryByText("Nothing found")).toBeNull();
});

test.each([
  ["connecting", "Connecting…"],
  ["updating", "Updating…"],
  ["online", "Chats"],
] as const)("%s is said in the heading: %s", (state, title) => {
  show({ connection: { state } });
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe(title);
});

test.each([
  [{ state: "offline" }, "You’re offline"],
  [{ state: "insecure" }, "This connection is not safe"],
] as const)("%o is said aloud: %s", (connection, title) => {
  show({ connection });
  expect(screen.getAllByRole("status").some(({ textContent }) => textContent.includes(title))).toBe(true);
});

test.each([
  ["credentials", "Leave the account here", "leave"],
  ["taken_over", "Use it here", "reconnect"],
  ["store", "Try again", "reconnect"],
] as const)("where the server refused for %s, the way out is: %s", (reason, label, action) => {
  const { connection } = show({ connection: { state: "refused", reason } });
  fireEvent.click(screen.getByRole("button", { name: label }));
  expect(connection[action]).toHaveBeenCalledOnce();
});

test("its texts are German in German", () => {
  const { openSettings } = show({}, "de");
  fireEvent.click(screen.getByRole("button", { name: "Einstellungen" }));
  expect(openSettings).toHaveBeenCalledOnce();
});
