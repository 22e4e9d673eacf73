import type { Page } from "@playwright/test";
import { answerEnter, watchForTick } from "./inPage.ts";
import { median, type Scenario } from "./scenario.ts";
import { textOf } from "./texts.ts";
import { inWorld } from "./world.ts";

/** Messages are written and sent one after the other, in a conversation that fills the window. */
export const sent: Scenario = ({ repeat, few, sent: count }, tell) =>
  inWorld(async (world) => {
    const page = await world.open(world.address);
    await world.tell(page, 1, few);
    let number = few;
    const texts = (): readonly string[] => Array.from({ length: count }, () => textOf(++number));
    for (let run = 0; run < repeat; run++) {
      const app = await timesOf(page, texts());
      await world.keepStill(page);
      const still = await world.open(world.still);
      await still.evaluate(answerEnter);
      const other = await timesOf(still, texts());
      await still.close();
      tell({ app, static: other });
    }
  });

async function timesOf(page: Page, texts: readonly string[]): Promise<{ sent_ms: number; seen_ms: number }> {
  await page.bringToFront();
  const times: { readonly inPage: number; readonly onScreen: number }[] = [];
  await page.locator("textarea").click();
  for (const text of texts) {
    await page.keyboard.insertText(text);
    await page.evaluate(watchForTick, text);
    await page.keyboard.press("Enter");
    const took = await page.evaluate(() => window.tick);
    if (took !== undefined) times.push(took);
  }
  return {
    sent_ms: median(times.map(({ inPage }) => inPage)),
    seen_ms: median(times.map(({ onScreen }) => onScreen)),
  };
}
