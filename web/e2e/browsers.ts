import type { PlaywrightTestConfig } from "@playwright/test";

type Use = NonNullable<PlaywrightTestConfig["use"]>;

/** Debian's browsers; Playwright brings none of its own. They ask nobody anything by themselves, as far as that can be turned off. */
export const browsers = {
  chromium: {
    browserName: "chromium",
    launchOptions: {
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
    },
  },
  firefox: {
    browserName: "firefox",
    channel: "moz-firefox",
    launchOptions: {
      executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
      firefoxUserPrefs: {
        "network.captive-portal-service.enabled": false,
        "network.connectivity-service.enabled": false,
      },
    },
  },
} satisfies Record<string, Use>;
