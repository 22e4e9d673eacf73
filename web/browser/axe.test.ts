import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { expect } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { galleryOn, sizes, test } from "./gallery.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe says of the page that is shown, a line each. */
async function complaints(page: Parameters<typeof galleryOn>[0]): Promise<readonly string[]> {
  await page.evaluate(axe);
  const results = await page.evaluate<AxeResults>(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], rules: { region: { enabled: false } } })",
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary ?? ""}`),
  );
}

for (const size of ["desktop", "phone"] as const) {
  for (const theme of ["light", "dark"] as const) {
    test.describe(`${size}, ${theme}`, () => {
      test.use({ ...sizes[size], contextOptions: { reducedMotion: "reduce" } });
      test(`axe finds nothing on any story, on a ${size} and ${theme}`, async ({ page }) => {
        test.setTimeout(600_000);
        const gallery = galleryOn(page);
        const found: string[] = [];
        for (const story of await gallery.names(size)) {
          await gallery.show({ story, size, theme });
          for (const complaint of await complaints(page)) found.push(`${story}: ${complaint}`);
          for (const error of gallery.wrong) found.push(`${story}: ${error}`);
        }
        expect(found).toEqual([]);
      });
    });
  }
}
