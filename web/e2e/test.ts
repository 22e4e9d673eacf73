import { test as base, expect, type BrowserContext, type BrowserContextOptions, type Page } from "@playwright/test";
import { write } from "./app.ts";
import { openSite, type Site } from "./site.ts";

/** A browser of somebody, and what went wrong in it. */
export interface Browser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Another tab of it. */
  readonly tab: (path?: string) => Promise<Page>;
}

interface Fixtures {
  /** Opens a browser that has not been here before. */
  readonly browserOf: (options?: BrowserContextOptions) => Promise<Browser>;
  /** Signs somebody up in a new browser; the handle is the name in small letters, with something that makes it unique. */
  readonly person: (name: string, options?: BrowserContextOptions) => Promise<Person>;
}

/** Somebody who has signed up, with the app open. */
export interface Person extends Browser {
  readonly name: string;
  readonly handle: string;
}

let people = 0;

/** Tests of the app as it is built, on a server of their own. What a page asks of anybody else, and errors, fail a test. */
export const test = base.extend<Fixtures, { readonly site: Site }>({
  site: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, give) => {
      const site = await openSite();
      await give(site);
      await site.close();
    },
    { scope: "worker" },
  ],
  browserOf: async ({ browser, site }, give) => {
    const contexts: BrowserContext[] = [];
    const wrong: string[] = [];
    await give(async (options = {}) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      const watched = async (path = "/"): Promise<Page> => {
        const page = await context.newPage();
        watch(page, site.url, wrong);
        await page.goto(new URL(path, site.url).href);
        return page;
      };
      context.on("request", (request) => {
        refuseForeign(request.url(), site.url, wrong);
      });
      return { context, page: await watched(), tab: watched };
    });
    site.reachable(true);
    for (const context of contexts) await context.close();
    expect(wrong).toEqual([]);
  },
  person: async ({ browserOf, site }, give) => {
    await give(async (name, options) => {
      const opened = await browserOf(options);
      const handle = `${name.toLowerCase()}${process.pid}x${++people}`;
      await signUp(opened.page, site.invite, name, handle);
      return { ...opened, name, handle };
    });
  },
});

export { expect };

function watch(page: Page, url: string, wrong: string[]): void {
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => {
    // What a connection that is cut or refused says is what these tests are about.
    const text = message.text();
    if (
      message.type() === "error" &&
      !/WebSocket|Failed to load resource|NetworkError|ERR_|can.t establish/u.test(text)
    ) {
      wrong.push(text);
    }
  });
  page.on("websocket", (socket) => {
    refuseForeign(socket.url().replace(/^ws/u, "http"), url, wrong);
  });
}

function refuseForeign(asked: string, url: string, wrong: string[]): void {
  const own = new URL(asked).origin === new URL(url).origin;
  if (!own && !asked.startsWith("blob:") && !asked.startsWith("data:")) wrong.push(`asked for ${asked}`);
}

/** From an invitation's link to the list of chats. */
export async function signUp(page: Page, invite: string, name: string, handle: string): Promise<void> {
  await page.goto(invite);
  await page.getByRole("button", { name: "Accept invitation" }).click();
  await write(page.getByLabel("Name", { exact: true }), name);
  await write(page.getByLabel("Handle", { exact: true }), handle);
  await expect(page.getByText("Free", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("navigation", { name: "Chats" })).toBeVisible();
}
