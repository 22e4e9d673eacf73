/** The pictures of the look that the app has a screen for: `make screens` writes each of them, under the same name. */

const everywhere = [
  "a-welcome",
  "a-profile",
  "b-list",
  "b-list-unread",
  "b-search",
  "c-compose",
  "c-direct",
  "c-direct-states",
  "d-group",
  "e-new-chat",
  "e-new-group",
  "f-info",
  "f-info-group",
  "g-devices",
  "g-link",
  "i-settings",
  "j-connecting",
  "j-empty",
  "j-loading",
  "j-no-results",
  "j-offline",
  "k-actions",
  "k-confirm",
  "k-list-menu",
  "k-toast",
];

export interface Screen {
  /** The picture's name, without its ending. */
  readonly name: string;
  readonly story: string;
  readonly size: "phone" | "tablet" | "desktop";
  readonly theme: "light" | "dark";
}

const themes = ["light", "dark"] as const;

function on(size: Screen["size"], stories: readonly string[]): Screen[] {
  return stories.flatMap((story) => themes.map((theme) => ({ name: `${story}-${size}-${theme}`, story, size, theme })));
}

export const screens: readonly Screen[] = [
  ...on("desktop", [...everywhere, "z-sheet"]),
  ...on("phone", [...everywhere, "d-group-top", "i-settings-detail"]),
  { name: "tablet-group-light", story: "tablet-group", size: "tablet", theme: "light" },
  { name: "tablet-info-dark", story: "tablet-info", size: "tablet", theme: "dark" },
];
