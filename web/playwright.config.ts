import { defineConfig } from "@playwright/test";

// Debian's Chromium; Playwright brings no browser of its own.
const chromium = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
  ],
};

const report = process.env.DUNLIN_TEST_RESULTS;

export default defineConfig({
  testDir: "browser",
  outputDir: "../build/browser-results",
  globalSetup: "./browser/serveGallery.ts",
  fullyParallel: true,
  forbidOnly: true,
  timeout: 60_000,
  reporter: [
    ["list", { printSteps: false }],
    ...(report === undefined ? [] : [["junit", { outputFile: `${report}/web_browser_test.xml` }] as const]),
  ],
  use: {
    browserName: "chromium",
    launchOptions: chromium,
    locale: "en-GB",
    timezoneId: "Europe/London",
    // Nothing is asked of anybody but the page's own server.
    serviceWorkers: "block",
  },
  projects: [
    { name: "tests", testMatch: "**/*.test.ts" },
    { name: "screens", testMatch: "**/*.screens.ts" },
  ],
});
