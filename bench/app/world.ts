import { chromium, expect, type Browser, type BrowserContext, type CDPSession, type Page } from "@playwright/test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { botOf, type Bot } from "../../web/e2e/bot.ts";
import { browsers } from "../../web/e2e/browsers.ts";

import { openSite, type Site } from "../../web/e2e/site.ts";
import { signUp } from "../../web/e2e/test.ts";
import { until } from "../../sdk/test/support/until.ts";
import { watchForLast, withoutScripts } from "./inPage.ts";
import { openStatic } from "./statics.ts";
import { textOf, textsOf } from "./texts.ts";

/** Somebody with the app in a browser whose store is on the disk, and somebody without a browser who writes to them. */
export interface World {
  readonly site: Site;
  readonly browser: Browser;
  readonly bot: Bot;
  readonly chat: string;
  /** Whose browser it is. */
  readonly account: string;
  /** The app at their chat. */
  readonly address: string;
  /** Closes all pages; resolves once nothing of them runs any more, workers neither. */
  leave(): Promise<void>;
  /** Opens a page there once `prepare` has done what comes before. */
  open(address: string, prepare?: (page: Page, devtools: CDPSession) => Promise<void>): Promise<Page>;
  /** The bot says the messages of these numbers; resolves once the server knows that the last was read in the app. */
  tell(page: Page, first: number, last: number): Promise<void>;
  /** The page as it stands is what the static site shows at `still`; with other rows in the log, if any are given. */
  keepStill(page: Page, rows?: readonly string[]): Promise<void>;
  /** The static site, at the end of the log. */
  readonly still: string;
}

/** How long anything here may take, in milliseconds. */
const limit = 300_000;

/** Makes one for some work, and ends it afterwards, however that went. */
export async function inWorld(work: (world: World) => Promise<void>): Promise<void> {
  const ends: (() => Promise<void>)[] = [];
  try {
    await work(await openWorld((end) => ends.unshift(end)));
  } finally {
    for (const end of ends) await end();
  }
}

async function openWorld(later: (end: () => Promise<void>) => void): Promise<World> {
  const profile = await mkdtemp(join(tmpdir(), "dunlin-bench-"));
  later(() => rm(profile, { recursive: true, force: true }));
  const site = await openSite();
  later(site.close);
  const statics = await openStatic();
  later(statics.close);
  const context = await launch(profile);
  later(() => context.close());
  // The first page stays, so that the browser does: others come and go.
  const page = await context.newPage();
  await page.goto(site.url);
  const handle = `ada${process.pid}`;
  await signUp(page, site.invite, "Ada", handle);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const bot = await botOf(site, "Bot");
  later(bot.close);
  const { account } = await bot.client.profiles.byHandle(handle);
  const chat = await bot.client.startDirect(account);
  await page.close();
  return {
    site,
    browser: browserOf(context),
    bot,
    chat,
    account,
    address: `${site.url}/#/c/${chat}`,
    still: `${statics.url}#last`,
    leave: () => leave(context),
    open: async (address, prepare) => {
      const opened = await context.newPage();
      await prepare?.(opened, await context.newCDPSession(opened));
      await opened.goto(address);
      return opened;
    },
    tell: async (open, first, last) => {
      await open.evaluate(watchForLast, textOf(last));
      await bot.say(chat, textsOf(first, last));
      await read(open);
      await until(
        bot.client.conversations,
        (all) => all.find(({ id }) => id === chat)?.last?.state.state === "read",
        "the mark of what was read",
      );
    },
    keepStill: async (open, rows) => {
      const { before, after, rows: there } = await open.evaluate(withoutScripts);
      statics.put(`${before}${(rows ?? there).join("")}${after}`);
    },
  };
}

/** A browser whose first page stays, so that it does, too: others come and go. */
async function launch(profile: string): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(profile, {
    ...browsers.chromium.launchOptions,
    locale: "en-GB",
    timezoneId: "Europe/London",
    viewport: { width: 1440, height: 900 },
  });
  context.setDefaultTimeout(limit);
  return context;
}

async function leave(context: BrowserContext): Promise<void> {
  const [first, ...others] = context.pages();
  if (first === undefined) throw new Error("a browser without its first page");
  for (const page of others) await page.close();
  const devtools = await context.newCDPSession(first);
  await devtools.send("ServiceWorker.enable");
  const root = await browserOf(context).newBrowserCDPSession();
  const runs = async (): Promise<boolean> => {
    // One that was about to start starts all the same.
    await devtools.send("ServiceWorker.stopAllWorkers");
    const { targetInfos } = await root.send("Target.getTargets");
    return targetInfos.some(({ type }) => type.endsWith("worker"));
  };
  await expect.poll(runs, { timeout: limit, intervals: [20] }).toBe(false);
  await devtools.detach();
  await root.detach();
}

function browserOf(context: BrowserContext): Browser {
  const browser = context.browser();
  if (browser === null) throw new Error("a context without a browser");
  return browser;
}

/** When the page showed what it was watched for. */
export async function read(page: Page): Promise<number> {
  const at = await page.evaluate(() => window.readAt);
  if (at === undefined) throw new Error("nobody watches the page");
  return at;
}
