import type { Page } from "@playwright/test";
import { memoryOf, pageTools, workerTools } from "./devtools.ts";
import type { Scenario } from "./scenario.ts";
import { inWorld, type World } from "./world.ts";

/** A conversation is open while messages come: what page and worker hold after few of them and after many. */
export const memory: Scenario = async ({ repeat, few, many }, tell) => {
  for (let run = 0; run < repeat; run++) {
    await inWorld(async (world) => {
      const page = await world.open(world.address);
      await world.tell(page, 1, few);
      const before = await held(world, page);
      await world.tell(page, few + 1, many);
      const after = await held(world, page);
      tell({
        app: {
          megabytes: after.app / 1e6,
          page_megabytes: after.page / 1e6,
          worker_megabytes: after.worker / 1e6,
          growth: after.app / before.app,
        },
        static: { megabytes: after.still / 1e6, growth: after.still / before.still },
      });
    });
  }
};

async function held(
  world: World,
  page: Page,
): Promise<{ readonly app: number; readonly page: number; readonly worker: number; readonly still: number }> {
  const inPage = await memoryOf(await pageTools(page));
  const inWorker = await memoryOf(await workerTools(world.browser));
  await world.keepStill(page);
  const still = await world.open(world.still);
  const inStill = await memoryOf(await pageTools(still));
  await still.close();
  await page.bringToFront();
  return { app: inPage + inWorker, page: inPage, worker: inWorker, still: inStill };
}
