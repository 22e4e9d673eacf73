import { defineConfig } from "@playwright/test";
import { browsers } from "./e2e/browsers.ts";

const report = process.env.DUNLIN_TEST_RESULTS;

export default defineConfig({
  testDir: "browser",
  outputDir: "../build/browser-results",
  globalSetup: "./browser/serveGallery.ts",
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  timeout: 60_000,
  reporter: [
    ["list", { printSteps: false }],
    ...(report === undefined ? [] : [["junit", { outputFile: `${report}/web_browser_test.xml` }] as const]),
  ],
  use: {
    locale: "en-GB",
    timezoneId: "Europe/London",
    // Nothing is asked of anybody but the page's own server.
    serviceWorkers: "block",
  },
  projects: [
    { name: "tests", testMatch: "**/*.test.ts", use: browsers.chromium },
    // What each browser does in its own way: to scroll.
    { name: "firefox", testMatch: "**/log.test.ts", use: browsers.firefox },
    { name: "screens", testMatch: "**/*.screens.ts", use: browsers.chromium },
  ],
});
