import { expect, type Page } from "@playwright/test";
import { galleryOn, sizes, test, type Shown } from "./gallery.ts";

/** What reaches beyond the window, as far as it could be seen: nothing should. */
const beyond = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const scrolls = (element: Element): boolean => {
      const { overflowX } = getComputedStyle(element);
      return overflowX === "auto" || overflowX === "scroll";
    };
    // Chips and faces stand in strips that scroll sideways; what scrolls up and down does not do so, too.
    const inStrip = (element: Element): boolean => {
      for (let at = element.parentElement; at !== null && at !== document.body; at = at.parentElement)
        if (scrolls(at) && at.scrollHeight <= at.clientHeight + 1) return true;
      return false;
    };
    const all = document.querySelectorAll<HTMLElement>(
      "#root :is(button, a, input, textarea, h1, h2, h3, p, li, b, time, img)",
    );
    /** How far words run out of what they stand in: over its edge, into what stands beside it. */
    const runsOut = (element: HTMLElement, box: DOMRect): number => {
      const words = document.createRange();
      const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      let most = 0;
      while (texts.nextNode() !== null) {
        words.selectNodeContents(texts.currentNode);
        const { left, right, width: own } = words.getBoundingClientRect();
        // What is for the ear alone has no room, and what is cut off on purpose shows that it goes on.
        const parent = texts.currentNode.parentElement ?? element;
        const cut = getComputedStyle(parent).overflowX !== "visible" || parent.clientWidth === 1;
        if (own > 0 && !cut) most = Math.max(most, box.left - left, right - box.right);
      }
      return Math.round(most);
    };
    const found = [...all].flatMap((element) => {
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return [];
      if (element.closest("[inert]") !== null || inStrip(element)) return [];
      const box = element.getBoundingClientRect();
      const { left, right, width: own } = box;
      const what = `${element.tagName.toLowerCase()} “${element.textContent.slice(0, 40)}”`;
      if (own < 2) return [];
      if (left < -1 || right > width + 1) return [`${what} from ${left} to ${right} of ${width}`];
      const out = getComputedStyle(element).overflowX === "visible" ? runsOut(element, box) : 0;
      return out > 1 ? [`${what} runs ${out} out of its box`] : [];
    });
    if (document.documentElement.scrollWidth > width)
      found.push(`the page is ${document.documentElement.scrollWidth} wide`);
    return found;
  });

type Look = Omit<Shown, "story" | "size">;

/** Shows all screens in a look, a line for each thing that does not fit. */
async function misfits(page: Page, size: "phone" | "desktop", look: Look): Promise<string[]> {
  const gallery = galleryOn(page);
  // The sheet of states is made for one window; emoji are in no screen of a phone.
  const names = (await gallery.names(size)).filter((story) => /^(?:screens\/(?!z-)|EmojiPicker\/)/u.test(story));
  const found: string[] = [];
  for (const story of names) {
    await gallery.showNext({ story, size, ...look }).catch((error: unknown) => found.push(String(error)));
    for (const one of await beyond(page)) found.push(`${story}: ${one}`);
  }
  return [...found, ...gallery.wrong];
}

const looks: readonly (readonly [string, Look])[] = [
  ["a phone of 320 px", {}],
  ["a phone of 320 px, in German", { locale: "de" }],
  ["a phone of 320 px with text twice as large", { text: 200 }],
  ["a phone of 320 px from right to left", { dir: "rtl" }],
];

test.describe("on a phone", () => {
  test.use({ ...sizes.phone, viewport: { width: 320, height: 640 }, contextOptions: { reducedMotion: "reduce" } });
  for (const [name, look] of looks) {
    test(`every screen fits on ${name}`, async ({ page }) => {
      test.slow();
      expect(await misfits(page, "phone", look)).toEqual([]);
    });
  }
});

test.describe("on a desktop", () => {
  test.use({ ...sizes.desktop, viewport: { width: 1280, height: 720 }, contextOptions: { reducedMotion: "reduce" } });
  test("every screen fits with text twice as large, from right to left", async ({ page }) => {
    test.slow();
    expect(await misfits(page, "desktop", { text: 200, dir: "rtl" })).toEqual([]);
  });
});
