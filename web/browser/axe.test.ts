import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { expect, type Page } from "@playwright/test";
import type { AxeResults, RunOptions } from "axe-core";
import { galleryOn, sizes, test, type Gallery, type Shown } from "./gallery.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const everyRule: RunOptions = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
  // What it would fetch is for rules about sound, which there is none of.
  preload: false,
  rules: {
    // It takes all that is written in a button for its label: in a row of the list the time and the preview, too, in just that order, and
    // the letters that stand for a picture. `misnamed` holds what it is about.
    "label-content-name-mismatch": { enabled: false },
  },
};

/** A component alone is no page: it has no landmarks, and its headings stand below those of a screen. */
const ofPages = ["region", "landmark-one-main", "page-has-heading-one"];
const ofComponents: RunOptions = {
  ...everyRule,
  rules: { ...everyRule.rules, ...Object.fromEntries(ofPages.map((rule) => [rule, { enabled: false }])) },
};

/** All that the theme changes are colours. */
const ofColours: RunOptions = {
  ...everyRule,
  runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] },
  rules: {},
};

type Theme = "light" | "dark";

/** What axe says of what is shown, a line each. */
async function complaints(page: Page, options: RunOptions): Promise<readonly string[]> {
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary ?? ""}`),
  );
}

/** WCAG 2.5.3: who says what is written on a button, or on a line of a list first, means this button. */
const misnamed = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const labelOf = (element: Element): string => {
      const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      while (texts.nextNode() !== null) {
        const { currentNode: text } = texts;
        const seen = text.parentElement?.checkVisibility({ visibilityProperty: true }) === true;
        const said = text.parentElement?.closest('[aria-hidden="true"]') === null;
        const words = text.textContent?.trim() ?? "";
        if (seen && said && words !== "") return words;
      }
      return "";
    };
    return [...document.querySelectorAll(":is(a, button)[aria-label]")].flatMap((element) => {
      const name = element.getAttribute("aria-label") ?? "";
      const label = labelOf(element);
      // An emoji is no word.
      if (!/[\p{Letter}\p{Number}]/u.test(label)) return [];
      return name.toLowerCase().includes(label.toLowerCase()) ? [] : [`“${label}” is called “${name}”`];
    });
  });

/** What is wrong with one story in some themes, the first of which has all rules. */
async function lookAt({ page, showNext, dress }: Gallery, shown: Shown, themes: readonly Theme[]): Promise<string[]> {
  const { story } = shown;
  const found: string[] = [];
  await showNext(shown);
  for (const [at, theme] of themes.entries()) {
    await dress(theme);
    const rules = /^(?:screens|long)\//u.test(story) ? everyRule : ofComponents;
    found.push(...(await complaints(page, at === 0 ? rules : ofColours)));
  }
  return [...found, ...(await misnamed(page))];
}

// As many as are done in two workers without one waiting long for the other.
const parts = 6;
// The colours of a phone are those of a desktop.
const looks = [
  { size: "desktop", themes: ["light", "dark"] },
  { size: "phone", themes: ["light"] },
] as const;

for (const { size, themes } of looks) {
  test.describe(size, () => {
    test.use({ ...sizes[size], contextOptions: { reducedMotion: "reduce" } });
    for (let part = 0; part < parts; part++) {
      const which = `${part + 1} of ${parts}`;
      test(`axe finds nothing on any story on a ${size}, ${themes.join(" and ")}, ${which}`, async ({ page }) => {
        test.slow();
        const gallery = galleryOn(page);
        const stories = (await gallery.names(size)).filter((_, at) => at % parts === part);
        await page.evaluate(axe);
        const found: string[] = [];
        for (const story of stories) {
          const wrong = await lookAt(gallery, { story, size }, themes).catch((error: unknown) => [String(error)]);
          found.push(...wrong.map((one) => `${story}: ${one}`));
        }
        expect([...found, ...gallery.wrong]).toEqual([]);
      });
    }
  });
}
