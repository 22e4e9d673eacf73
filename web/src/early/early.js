// @ts-check
// Runs before the first paint, from a file of its own (no inline script is allowed): puts theme, text size and motion on the root,
// so that nothing flashes. src/model/look.ts keeps what is read here; src/early/apply.ts does the same when it changes.
(() => {
  const sizes = ["87.5%", "93.75%", "100%", "112.5%", "125%", "137.5%"];
  const root = document.documentElement;
  let look = /** @type {{ theme?: unknown, textSize?: unknown, lessMotion?: unknown }} */ ({});
  try {
    look = /** @type {typeof look} */ (JSON.parse(localStorage.getItem("dunlin.look") ?? "{}"));
  } catch {
    // What cannot be read is as if it were not there.
  }
  const dark = look.theme === "dark" || (look.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "dark" : "light";
  root.style.fontSize = sizes[Number(look.textSize ?? 2)] ?? "100%";
  if (look.lessMotion === true) root.dataset.motion = "less";
})();
