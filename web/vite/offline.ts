import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import type { Precached } from "../src/offline/precache.ts";

const worker = fileURLToPath(new URL("../src/offline/serviceWorker.ts", import.meta.url));
/** Letters of languages that few readers need: they come with the first text that has them. */
const seldom = /inter-(?!latin-wght-normal)[^/]*\.woff2$/u;

/** Builds the service worker, and puts into it what it keeps: all files of this build but seldom ones. */
export function serviceWorker(): Plugin {
  return {
    name: "dunlin:service-worker",
    apply: "build",
    buildStart() {
      this.emitFile({ type: "chunk", id: worker, fileName: "sw.js" });
    },
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const made = Object.entries(bundle).filter(([name]) => name !== "sw.js" && !seldom.test(name));
        const files = [
          ...made.map(([name, one]) => precached(name, one.type === "chunk" ? one.code : one.source)),
          ...publicFiles(this.environment.config.publicDir),
        ].sort((left, right) => (left.path < right.path ? -1 : 1));
        const text = JSON.stringify(files);
        const script = bundle["sw.js"];
        if (script?.type !== "chunk") throw new Error("there is no service worker");
        if (/^\s*(?:import|export)\b/mu.test(script.code))
          throw new Error("the service worker is in more than one file");
        script.code = script.code
          .replaceAll("__DUNLIN_FILES__", () => text)
          .replaceAll("__DUNLIN_BUILD__", () => JSON.stringify(digest(text, "hex").slice(0, 16)));
      },
    },
  };
}

function precached(name: string, data: string | Uint8Array): Precached {
  return { path: `/${name}`, integrity: `sha256-${digest(data, "base64")}`, hashed: name.startsWith("assets/") };
}

/** What is copied as it is. */
function publicFiles(folder: string): Precached[] {
  return filesIn(folder).map((name) => precached(name, readFileSync(join(folder, name))));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

function digest(data: string | Uint8Array, encoding: "hex" | "base64"): string {
  return createHash("sha256").update(data).digest(encoding);
}

/** What is text, and so becomes smaller. */
const text = /\.(?:html|js|css|svg|json|webmanifest)$/u;
/** What is smaller than this is one packet, anyhow. */
const least = 1_000;

/** Puts x.br and x.gz beside each x, for the server to choose from. */
export function compressed(): Plugin {
  let folder = "";
  return {
    name: "dunlin:compressed",
    apply: "build",
    writeBundle({ dir = "" }) {
      folder = dir;
    },
    closeBundle() {
      if (folder === "") return;
      for (const name of filesIn(folder)) {
        const data = readFileSync(join(folder, name));
        if (!text.test(name) || data.length < least) continue;
        const quality = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length };
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(data, { params: quality }));
        writeFileSync(join(folder, `${name}.gz`), gzipSync(data, { level: 9 }));
      }
    },
  };
}
