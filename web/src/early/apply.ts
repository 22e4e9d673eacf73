/** Root font sizes for the steps of the text size; `early.js` has the same. */
export const textSizes: readonly string[] = ["87.5%", "93.75%", "100%", "112.5%", "125%", "137.5%"];

/** What of a look the page itself shows. */
export interface PageLook {
  readonly theme: "system" | "light" | "dark";
  readonly textSize: number;
  readonly lessMotion: boolean | undefined;
}

const themeColours = { light: "#f8fbfc", dark: "#11181c" };

/** Brings a look onto the page, as `early.js` does before the first paint. */
export function applyLook(look: PageLook): void {
  const root = document.documentElement;
  const dark = look.theme === "dark" || (look.theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  const theme = dark ? "dark" : "light";
  root.dataset.theme = theme;
  root.style.fontSize = textSizes[look.textSize] ?? "100%";
  if (look.lessMotion === true) root.dataset.motion = "less";
  else delete root.dataset.motion;
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    meta.content = themeColours[theme];
  }
}
