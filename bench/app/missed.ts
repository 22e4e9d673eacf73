import { comeBack, watchForLast } from "./inPage.ts";
import type { Scenario } from "./scenario.ts";
import { textOf, textsOf } from "./texts.ts";
import { inWorld, read } from "./world.ts";

/** A conversation is open, the network goes, many messages come, the network is back. */
export const missed: Scenario = ({ repeat, few, missed: count }, tell) =>
  inWorld(async (world) => {
    const page = await world.open(world.address);
    await world.tell(page, 1, few);
    for (let run = 0; run < repeat; run++) {
      const first = few + run * count + 1;
      const last = textOf(first + count - 1);
      world.site.reachable(false);
      await page.getByText("You’re offline", { exact: true }).waitFor();
      await world.bot.say(world.chat, textsOf(first, first + count - 1));
      await page.evaluate(watchForLast, last);
      world.site.reachable(true);
      const from = await page.evaluate(comeBack);
      const app = (await read(page)) - from;
      await world.keepStill(page);
      const still = await world.open(world.still, async (opened) => {
        await opened.addInitScript(watchForLast, last);
      });
      const stillAt = await read(still);
      await still.close();
      await page.bringToFront();
      tell({ app: { shown_ms: app }, static: { shown_ms: stillAt } });
    }
  });
