import { expect, test } from "vitest";
import { hashOf, routeOf, type Route } from "./router.ts";

const routes: readonly Route[] = [
  { at: "list" },
  { at: "chat", id: "abc234", info: false, adding: false },
  { at: "chat", id: "abc234", info: true, adding: false },
  { at: "chat", id: "abc234", info: true, adding: true },
  { at: "new_chat" },
  { at: "new_group" },
  { at: "settings", page: undefined, linking: false },
  { at: "settings", page: "appearance", linking: false },
  { at: "settings", page: "devices", linking: true },
  { at: "invite", code: "7zdiqyxu5dahw5os" },
  { at: "link", code: "K7QX-M2RD" },
];

test.each(routes)("$at has an address, and is found by it", (route) => {
  expect(routeOf(hashOf(route))).toEqual(route);
});

test.each([
  "",
  "#",
  "#/nowhere",
  "#/c/",
  "#/c/NOT-AN-ID",
  "#/c/../../etc",
  "#invite=",
  "#invite=<script>",
  `#link=${"x".repeat(129)}`,
])("%s is nowhere, so the list is shown", (hash) => {
  expect(routeOf(hash)).toEqual({ at: "list" });
});

test("a page of the settings that there is not leads to the settings", () => {
  expect(routeOf("#/settings/wallet")).toEqual({ at: "settings", page: undefined, linking: false });
});
