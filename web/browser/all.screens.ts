import { existsSync, mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "@playwright/test";
import { galleryOn, sizes, test } from "./gallery.ts";
import { screens } from "./screenNames.ts";

const folder = fileURLToPath(new URL("../../build/screens", import.meta.url));

for (const size of ["desktop", "phone", "tablet"] as const) {
  test.describe(size, () => {
    test.use({ ...sizes[size], contextOptions: { reducedMotion: "reduce" } });
    for (const { name, story, theme } of screens.filter((screen) => screen.size === size)) {
      test(`the screen ${name} is drawn`, async ({ page }) => {
        mkdirSync(folder, { recursive: true });
        const file = `${folder}/${name}.png`;
        rmSync(file, { force: true });
        const gallery = galleryOn(page);
        await gallery.show({ story: `screens/${story}`, size, theme });
        await page.screenshot({ path: file, animations: "disabled", caret: "initial" });
        expect(existsSync(file)).toBe(true);
        expect(gallery.wrong).toEqual([]);
      });
    }
  });
}
