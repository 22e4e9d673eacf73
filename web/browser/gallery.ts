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
  /** Shows a story, and waits until it stands. */
  readonly show: (shown: Shown) => Promise<void>;
  /** Changes the theme of the story that is shown. */
  readonly dress: (theme: "light" | "dark") => Promise<void>;
  /** The names of all stories for a size. */
  readonly names: (size: "phone" | "tablet" | "desktop") => Promise<readonly string[]>;
  /** Errors of the page, and what its policy refused. */
  readonly wrong: readonly string[];
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
  return {
    page,
    wrong,
    show: async ({ story, theme = "light", size = "desktop", locale = "en", dir = "ltr", text = 100 }) => {
      const query = new URLSearchParams({ story, theme, size, locale, dir, text: `${text}` });
      await page.goto(`${address}/gallery.html?${query.toString()}`);
      await page.waitForSelector("html[data-ready], html[data-error]", { state: "attached" });
      const error = await page.locator("html").getAttribute("data-error");
      if (error !== null) throw new Error(`${story}: ${error}`);
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
