import { defineConfig } from "@playwright/test";
import { browsers } from "./browsers.ts";

const report = process.env.DUNLIN_TEST_RESULTS;

/** Which browsers: all if not named, as in `BROWSERS=firefox`. */
const wanted = (process.env.BROWSERS ?? "chromium,firefox").split(",");

export default defineConfig({
  testDir: ".",
  testMatch: "**/*.e2e.ts",
  outputDir: "../../build/e2e-results",
  fullyParallel: false,
  forbidOnly: true,
  workers: 2,
  // Two browsers and a server on two cores: what fails once and then passes is told as flaky.
  retries: 1,
  // How long is waited for what must come, on a machine that is busy with other things, too.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: [
    ["list", { printSteps: false }],
    ...(report === undefined ? [] : [["junit", { outputFile: `${report}/web_e2e_test.xml` }] as const]),
  ],
  use: { locale: "en-GB", timezoneId: "Europe/London", actionTimeout: 60_000 },
  projects: Object.entries(browsers)
    .filter(([name]) => wanted.includes(name))
    .map(([name, use]) => ({ name, use })),
});
