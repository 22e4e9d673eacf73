import react from "@vitejs/plugin-react";
import { defaultClientConditions } from "vite";
import { defineConfig } from "vitest/config";
import { compileHints } from "./vite/compileHints.ts";
import { earlyScript } from "./vite/earlyScript.ts";
import { emojiData } from "./vite/emojiData.ts";
import { firstScript } from "./vite/firstScript.ts";
import { fontPreload } from "./vite/fontPreload.ts";
import { compressed, serviceWorker } from "./vite/offline.ts";

// `vite build --mode gallery` builds the stories instead of the app, for pictures and tests in a browser.
export default defineConfig(({ mode }) => {
  const gallery = mode === "gallery";
  const server = process.env.SERVER ?? "http://127.0.0.1:8080";
  return {
    plugins: [
      react(),
      earlyScript(),
      emojiData(),
      fontPreload(),
      compileHints(),
      ...(gallery ? [] : [firstScript(), serviceWorker(), compressed()]),
    ],
    // The SDK's sources, not what it publishes: there is no build in between.
    resolve: { conditions: ["@dunlin/source", ...defaultClientConditions] },
    // A server that runs on this machine; the app is asked for at Vite's address.
    server: { proxy: { "/v1": server, "/mqtt": { target: server, ws: true } } },
    worker: { format: "es" as const },
    build: {
      target: "es2023",
      sourcemap: false,
      outDir: gallery ? "../build/gallery" : "dist",
      emptyOutDir: true,
      // Nothing inline: the page's policy allows neither `data:` nor inline scripts.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: gallery ? "gallery.html" : "index.html" },
    },
    test: {
      name: "web",
      include: ["src/**/*.test.{ts,tsx}"],
      environment: "jsdom",
      setupFiles: ["src/testing/setup.ts"],
      css: { modules: { classNameStrategy: "non-scoped" as const } },
    },
  };
});
