import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const source = new URL("../src/early/early.js", import.meta.url);

/**
 * Puts src/early/early.js at the beginning of each page, as a file of its own that blocks the first paint: theme and text size are
 * right from the first pixel, without an inline script. Vite itself bundles modules only, which run later.
 */
export function earlyScript(): Plugin {
  let address = "/src/early/early.js";
  return {
    name: "dunlin:early-script",
    configResolved: ({ command }) => {
      if (command !== "build") return;
      const hash = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 8);
      address = `/assets/early-${hash}.js`;
    },
    buildStart() {
      if (this.meta.watchMode || address.startsWith("/src/")) return;
      this.emitFile({ type: "asset", fileName: address.slice(1), source: readFileSync(source, "utf8") });
    },
    transformIndexHtml: () => [{ tag: "script", attrs: { src: address }, injectTo: "head-prepend" }],
  };
}
