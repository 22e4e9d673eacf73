import { expect } from "@playwright/test";
import { galleryOn, sizes, test } from "./gallery.ts";

const screens = ["b-list", "c-direct", "e-new-chat", "f-info", "f-info-group", "g-devices", "i-settings", "j-offline"];

test.describe("with less motion asked for", () => {
  test.use({ ...sizes.desktop, contextOptions: { reducedMotion: "reduce" } });
  test("nothing moves by itself", async ({ page }) => {
    const gallery = galleryOn(page);
    for (const story of ["screens/c-direct", "screens/j-connecting", "screens/j-loading", "screens/k-toast"]) {
      await gallery.show({ story });
      await expect
        .poll(() =>
          page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === "running").length),
        )
        .toBe(0);
    }
  });
});

for (const size of ["desktop", "phone"] as const) {
  test.describe(`on a ${size}`, () => {
    test.use(sizes[size]);
    test(`nothing jumps while a screen comes, on a ${size}`, async ({ page }) => {
      await page.addInitScript(() => {
        const jumps: string[] = [];
        Object.assign(globalThis, { jumps });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            const { value, sources = [] } = entry as PerformanceEntry & {
              readonly value: number;
              readonly sources?: readonly { readonly node: Node | null }[];
            };
            const what = sources.map(({ node }) => node?.parentElement?.className ?? "").join(" ");
            // A line that is centred moves by a letter's width when what stands in it is known.
            if (value >= 0.001) jumps.push(`${value.toFixed(4)} ${what}`);
          }
        }).observe({ type: "layout-shift", buffered: true });
      });
      const gallery = galleryOn(page);
      const found: string[] = [];
      for (const story of screens) {
        await gallery.show({ story: `screens/${story}`, size });
        const jumps = await page.evaluate(() => (globalThis as unknown as { readonly jumps: readonly string[] }).jumps);
        for (const jump of jumps) found.push(`${story}: ${jump}`);
      }
      expect(found).toEqual([]);
    });
  });
}
