import type { CDPSession, Page } from "@playwright/test";
import { watchForLast } from "./inPage.ts";
import type { Scenario } from "./scenario.ts";
import { textOf } from "./texts.ts";
import { inWorld, read } from "./world.ts";

/** How much slower the page's processor is than this one. */
const slowdown = 4;
/** Other conversations in the list, with some messages each. */
const others = 30;
const ofOthers = 3;

/** An installed app is opened anew at a conversation: no worker runs any more, files and messages are on the device. */
export const start: Scenario = ({ repeat, few }, tell) =>
  inWorld(async (world) => {
    const { client } = world.bot;
    const last = textOf(few);
    const slow = async (page: Page, devtools: CDPSession): Promise<void> => {
      await page.addInitScript(watchForLast, last);
      await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    };
    for (let at = 1; at <= others; at++) {
      const group = await client.createGroup({ name: `Group ${at}`, members: [world.account] });
      await world.bot.say(
        group,
        Array.from({ length: ofOthers }, (_, number) => textOf(number)),
      );
    }
    const filled = await world.open(world.address);
    await world.tell(filled, 1, few);
    await world.keepStill(filled);
    await filled.close();
    // A browser that was here before has what the page needs, as the app's service worker has.
    await (await world.open(world.still)).close();
    for (let run = 0; run < repeat; run++) {
      await world.leave();
      const app = await world.open(world.address, slow);
      const appAt = await read(app);
      await app.close();
      const still = await world.open(world.still, slow);
      const stillAt = await read(still);
      await still.close();
      tell({ app: { readable_ms: appAt }, static: { readable_ms: stillAt } });
    }
  });
