import type { Plugin } from "vite";

const hint = "//# allFunctionsCalledOnLoad\n";

/**
 * Tells the browser that all functions of the page's own scripts are called before it stands, as most of them are: they are compiled
 * beside the page's thread, and kept compiled, instead of one by one when each is called. Browsers that do not know this take it for
 * a comment.
 */
export function compileHints(): Plugin {
  return {
    name: "dunlin:compile-hints",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const page = Object.values(bundle).filter((one) => one.type === "chunk" && one.isEntry && one.name === "index");
        const wanted = page.flatMap((one) => (one.type === "chunk" ? [one.fileName, ...one.imports] : []));
        for (const name of wanted) {
          const chunk = bundle[name];
          if (chunk?.type === "chunk") chunk.code = hint + chunk.code;
        }
      },
    },
  };
}
