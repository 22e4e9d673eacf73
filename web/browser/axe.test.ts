import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { expect } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { galleryOn, sizes, test } from "./gallery.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const options = JSON.stringify({
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  // A component alone has no landmarks; the screens have.
  rules: { region: { enabled: false } },
  resultTypes: ["violations"],
});

/** What axe says of the page that is shown, a line each. */
async function complaints(page: Parameters<typeof galleryOn>[0]): Promise<readonly string[]> {
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${options})`);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary ?? ""}`),
  );
}

// A page does not become lighter by being left: after some stories there is another.
const stride = 40;

for (const size of ["desktop", "phone"] as const) {
  test.describe(size, () => {
    test.use({ ...sizes[size], contextOptions: { reducedMotion: "reduce" } });
    test(`axe finds nothing on any story in either theme, on a ${size}`, async ({ browser, page, contextOptions }) => {
      test.setTimeout(900_000);
      const names = await galleryOn(page).names(size);
      const found: string[] = [];
      for (let at = 0; at < names.length; at += stride) {
        const context = await browser.newContext({ ...contextOptions, ...sizes[size] });
        const gallery = galleryOn(await context.newPage());
        for (const story of names.slice(at, at + stride)) {
          try {
            await gallery.show({ story, size });
            await gallery.page.evaluate(axe);
            for (const theme of ["light", "dark"] as const) {
              await gallery.dress(theme);
              for (const complaint of await complaints(gallery.page)) found.push(`${story}, ${theme}: ${complaint}`);
            }
          } catch (error) {
            found.push(`${story}: ${String(error)}`);
          }
        }
        found.push(...gallery.wrong);
        await context.close();
      }
      expect(found).toEqual([]);
    });
  });
}
