import { test as base, type Page } from "@playwright/test";

export interface Shown {
  readonly story: string;
  readonly theme?: "light" | "dark";
  readonly size?: "phone" | "tablet" | "desktop";
  readonly locale?: "en" | "de";
  readonly dir?: "ltr" | "rtl";
  /** Text size in percent. */
  readonly text?: number;
}

/** Windows as the pictures of the look have them. */
export const sizes = {
  desktop: { viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1, isMobile: false, hasTouch: false },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 1.5, isMobile: true, hasTouch: true },
  tablet: { viewport: { width: 834, height: 1112 }, deviceScaleFactor: 1, isMobile: false, hasTouch: false },
} as const;

/** A gallery, and what went wrong in it. */
export interface Gallery {
  readonly page: Page;
  /** Shows a story in a page of its own, and waits until it stands. */
  readonly show: (shown: Shown) => Promise<void>;
  /** The same in the page that is there, which `show` or `names` has opened: for tests that look at many. */
  readonly showNext: (shown: Shown) => Promise<void>;
  /** Changes the theme of the story that is shown. */
  readonly dress: (theme: "light" | "dark") => Promise<void>;
  /** The names of all stories for a size. */
  readonly names: (size: "phone" | "tablet" | "desktop") => Promise<readonly string[]>;
  /** Errors of the page, and what its policy refused. */
  readonly wrong: readonly string[];
}

function queryOf({ story, theme = "light", size = "desktop", locale = "en", dir = "ltr", text = 100 }: Shown): string {
  return new URLSearchParams({ story, theme, size, locale, dir, text: `${text}` }).toString();
}

export function galleryOn(page: Page): Gallery {
  const address = process.env.GALLERY ?? "";
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") wrong.push(message.text());
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !url.startsWith("blob:")) wrong.push(`asked for ${url}`);
  });
  const expectShown = async (story: string): Promise<void> => {
    const error = await page.evaluate(() => document.documentElement.dataset.error);
    if (error !== undefined) throw new Error(`${story}: ${error}`);
  };
  return {
    page,
    wrong,
    show: async (shown) => {
      await page.goto(`${address}/gallery.html?${queryOf(shown)}`);
      await page.waitForSelector("html[data-ready], html[data-error]", { state: "attached" });
      await expectShown(shown.story);
    },
    showNext: async (shown) => {
      await page.evaluate(
        (query) => (globalThis as unknown as { showStory: (search: string) => Promise<void> }).showStory(query),
        queryOf(shown),
      );
      await expectShown(shown.story);
    },
    dress: async (theme) => {
      await page.evaluate(async (next) => {
        document.documentElement.dataset.theme = next;
        for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
      }, theme);
    },
    names: async (size) => {
      await page.goto(`${address}/gallery.html`);
      await page.waitForSelector("html[data-ready]", { state: "attached" });
      const entries = await page
        .locator("[data-story]")
        .evaluateAll((all) =>
          all.map((one) => [one.getAttribute("data-story") ?? "", one.getAttribute("data-devices") ?? ""] as const),
        );
      return entries.filter(([, devices]) => devices.split(" ").includes(size)).map(([name]) => name);
    },
  };
}

/** A test with a gallery in a window of its own. */
export const test = base.extend<{ gallery: Gallery }>({
  gallery: async ({ page }, give) => {
    await give(galleryOn(page));
  },
});
