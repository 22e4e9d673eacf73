import { source, type Signal } from "../base/signal.ts";
import type { SettingsPage } from "../views/Settings/Settings.tsx";

/** What the address says. The list is always there; a conversation and what is known of it lie over it. */
export type Route =
  | { readonly at: "list" }
  | { readonly at: "chat"; readonly id: string; readonly info: boolean; readonly adding: boolean }
  | { readonly at: "new_chat" }
  | { readonly at: "new_group" }
  | { readonly at: "settings"; readonly page: SettingsPage | undefined; readonly linking: boolean }
  /** Before somebody is signed in: an invitation or nothing. */
  | { readonly at: "invite"; readonly code: string }
  /** A code that another device shows, from an address that was scanned. */
  | { readonly at: "link"; readonly code: string };

const pages: readonly SettingsPage[] = ["profile", "notifications", "appearance", "devices", "language"];

/**
 * The address after the `#`, which no server sees: invitations and codes are not written into its log. `#invite=CODE` and
 * `#link=CODE` come from outside; all others are paths.
 */
export function routeOf(hash: string): Route {
  const text = hash.replace(/^#/u, "");
  const secret = /^(invite|link)=([A-Za-z0-9_-]{1,128})$/u.exec(text);
  if (secret?.[1] === "invite" && secret[2] !== undefined) return { at: "invite", code: secret[2] };
  if (secret?.[1] === "link" && secret[2] !== undefined) return { at: "link", code: secret[2] };
  const [first, second, third] = text.replace(/^\//u, "").split("/");
  switch (first) {
    case "c":
      if (second === undefined || !/^[a-z2-7]{1,64}$/u.test(second)) return { at: "list" };
      return { at: "chat", id: second, info: third === "info" || third === "add", adding: third === "add" };
    case "new":
      return { at: second === "group" ? "new_group" : "new_chat" };
    case "settings": {
      const page = pages.find((one) => one === second);
      return { at: "settings", page, linking: page === "devices" && third === "link" };
    }
    default:
      return { at: "list" };
  }
}

export function hashOf(route: Route): string {
  switch (route.at) {
    case "list":
      return "#/";
    case "chat":
      return `#/c/${route.id}${route.adding ? "/add" : route.info ? "/info" : ""}`;
    case "new_chat":
      return "#/new";
    case "new_group":
      return "#/new/group";
    case "settings":
      return `#/settings${route.page === undefined ? "" : `/${route.page}`}${route.linking ? "/link" : ""}`;
    case "invite":
      return `#invite=${route.code}`;
    case "link":
      return `#link=${route.code}`;
  }
}

/** How far from the list a route is: what the way back of a phone goes through, one by one. */
function depthOf(route: Route): number {
  switch (route.at) {
    case "chat":
      return route.adding ? 3 : route.info ? 2 : 1;
    case "settings":
      return route.linking ? 3 : route.page === undefined ? 1 : 2;
    case "new_group":
      return 2;
    case "new_chat":
      return 1;
    default:
      return 0;
  }
}

/** The browser's history, as far as it is needed; a test has its own. */
export interface History {
  readonly hash: () => string;
  readonly push: (hash: string, depth: number) => void;
  readonly replace: (hash: string, depth: number) => void;
  readonly back: () => void;
  /** How far this entry is above the one that the app was opened with. */
  readonly depth: () => number;
  readonly onMove: (listener: () => void) => () => void;
}

export interface Router {
  readonly route: Signal<Route>;
  /** Goes deeper by a new entry, aside by changing the one that there is. */
  readonly go: (route: Route) => void;
  /** To where one came from if that was in the app, else to `route`. */
  readonly back: (route: Route) => void;
  readonly end: () => void;
}

export function routerOn(history: History): Router {
  const route = source<Route>(routeOf(history.hash()));
  const read = (): void => {
    const next = routeOf(history.hash());
    if (hashOf(next) !== hashOf(route.get())) route.set(next);
  };
  const end = history.onMove(read);
  return {
    route,
    go: (next) => {
      if (hashOf(next) === hashOf(route.get())) return;
      const deeper = depthOf(next) > depthOf(route.get());
      if (deeper) history.push(hashOf(next), history.depth() + 1);
      else history.replace(hashOf(next), history.depth());
      route.set(next);
    },
    back: (otherwise) => {
      if (history.depth() > 0) history.back();
      else {
        history.replace(hashOf(otherwise), 0);
        route.set(otherwise);
      }
    },
    end,
  };
}

/** The browser's own. */
export function browserHistory(): History {
  const depth = (): number => {
    const state: unknown = globalThis.history.state;
    const known = typeof state === "object" && state !== null && "depth" in state ? state.depth : 0;
    return typeof known === "number" ? known : 0;
  };
  return {
    hash: () => location.hash,
    push: (hash, next) => {
      globalThis.history.pushState({ depth: next }, "", hash);
    },
    replace: (hash, next) => {
      globalThis.history.replaceState({ depth: next }, "", hash);
    },
    back: () => {
      globalThis.history.back();
    },
    depth,
    onMove: (listener) => {
      addEventListener("popstate", listener);
      addEventListener("hashchange", listener);
      return () => {
        removeEventListener("popstate", listener);
        removeEventListener("hashchange", listener);
      };
    },
  };
}
