import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const source = "/src/client/start.ts";

/**
 * Has src/client/start.ts run before everything else of the page: as a script of its own that waits for nobody, and that the app
 * then imports as it imports any other.
 */
export function firstScript(): Plugin {
  const id = fileURLToPath(new URL(`..${source}`, import.meta.url));
  let built = false;
  return {
    name: "dunlin:first-script",
    configResolved: ({ command }) => {
      built = command === "build";
    },
    buildStart() {
      if (built) this.emitFile({ type: "chunk", id, name: "start" });
    },
    transformIndexHtml: {
      order: "post",
      handler: (_, { bundle }) => {
        const chunk = Object.values(bundle ?? {}).find((one) => one.type === "chunk" && one.facadeModuleId === id);
        if (built && chunk === undefined) throw new Error("the first script was not built");
        const src = chunk === undefined ? source : `/${chunk.fileName}`;
        return [{ tag: "script", attrs: { type: "module", async: true, src }, injectTo: "head-prepend" }];
      },
    },
  };
}
