import { expect, test } from "vitest";
import { fakeHistory } from "./fake/history.ts";
import { browserHistory, hashOf, routeOf, routerOn, type History, type Route, type Router } from "./router.ts";

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

const chat = (id: string, over?: "info" | "adding"): Route => ({
  at: "chat",
  id,
  info: over !== undefined,
  adding: over === "adding",
});
const settings: Route = { at: "settings", page: undefined, linking: false };

function opened(hash: string): { readonly history: History; readonly router: Router; readonly changes: Route[] } {
  const history = fakeHistory(hash);
  const router = routerOn(history);
  const changes: Route[] = [];
  router.route.subscribe(() => changes.push(router.route.get()));
  return { history, router, changes };
}

test("what lies deeper is an entry of its own, which the browser's way back leaves", () => {
  const { history, router } = opened("#/");
  router.go(chat("anouk"));
  router.go(chat("anouk", "info"));
  expect(history.depth()).toBe(2);
  history.back();
  expect(router.route.get()).toEqual(chat("anouk"));
  history.back();
  expect(router.route.get()).toEqual({ at: "list" });
});

test("what lies beside takes the place of what was there", () => {
  const { history, router } = opened("#/");
  router.go(chat("anouk"));
  router.go(chat("theo"));
  router.go(settings);
  expect(history.depth()).toBe(1);
  history.back();
  expect(router.route.get()).toEqual({ at: "list" });
});

test("where one is already nobody goes", () => {
  const { history, router, changes } = opened("#/");
  router.go(chat("anouk"));
  router.go(chat("anouk"));
  expect(history.depth()).toBe(1);
  expect(changes).toEqual([chat("anouk")]);
});

test("back goes to where one came from, whatever else was thought of", () => {
  const { history, router } = opened("#/");
  router.go(chat("anouk"));
  router.go(chat("anouk", "info"));
  router.back({ at: "list" });
  expect(router.route.get()).toEqual(chat("anouk"));
  expect(history.depth()).toBe(1);
});

test("back does not leave the app where it was opened further in", () => {
  const { history, router } = opened("#/c/anouk/info");
  router.back(chat("anouk"));
  expect(router.route.get()).toEqual(chat("anouk"));
  expect(history.hash()).toBe("#/c/anouk");
});

test("another address of the same place changes nothing", () => {
  const { history, changes } = opened("#/");
  history.push("#", 1);
  history.push("#/nowhere", 2);
  history.back();
  expect(changes).toEqual([]);
});

test("after its end the browser moves without it", () => {
  const { history, router } = opened("#/");
  router.go(chat("anouk"));
  router.end();
  history.back();
  expect(router.route.get()).toEqual(chat("anouk"));
});

test("the browser's way back is told once it has been gone", async () => {
  const history = browserHistory();
  history.replace("#/", 0);
  history.push("#/new", 1);
  expect([history.hash(), history.depth()]).toEqual(["#/new", 1]);
  const moved = new Promise<void>((resolve) => {
    const end = history.onMove(() => {
      end();
      resolve();
    });
  });
  history.back();
  await moved;
  expect([history.hash(), history.depth()]).toEqual(["#/", 0]);
});

test("an address that somebody else wrote is where the app was opened", () => {
  globalThis.history.replaceState({ depth: "far" }, "", "#/c/anouk");
  expect(browserHistory().depth()).toBe(0);
  globalThis.history.replaceState(null, "", "#/c/anouk");
  expect(browserHistory().depth()).toBe(0);
});
