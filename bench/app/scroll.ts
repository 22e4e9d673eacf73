import type { CDPSession, Page } from "@playwright/test";
import { collectRows, hasBegun } from "./inPage.ts";
import type { Figures, Scenario } from "./scenario.ts";
import { textOf } from "./texts.ts";
import { tasksOf, type TraceEvent } from "./trace.ts";
import { openWorld, type World } from "./world.ts";

/** How fast somebody scrolls, in px a second, and how far with one movement. */
const speed = 12_000;
const stroke = 12_000;
/** A frame at 60 Hz, in microseconds. */
const frame = 16_000;
const categories = ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel", "v8"];

/** A long conversation is scrolled from its end to its beginning with the wheel. */
export const scroll: Scenario = async ({ repeat, many }, tell) => {
  const world = await openWorld();
  const page = await world.open(world.address);
  await world.tell(page, 1, many);
  await page.evaluate(collectRows);
  await toBeginning(page);
  const rows = (await page.evaluate(() => window.rows)) ?? [];
  // The static page has all of them at once: without scripts none comes later.
  await world.keepStill(page, rows);
  await page.close();
  for (let run = 0; run < repeat; run++) {
    const app = await scrolled(world, world.address);
    const still = await scrolled(world, world.still);
    tell({ app, static: still });
  }
  await world.close();
};

async function scrolled(world: World, address: string): Promise<Figures> {
  const page = await world.open(address);
  await page.locator('[role="log"] [data-key]').last().waitFor();
  await world.browser.startTracing(page, { categories });
  await toBeginning(page);
  const trace = await world.browser.stopTracing();
  await page.close();
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const tasks = tasksOf(traceEvents);
  const script = tasks.filter((task) => task.script);
  const longest = (some: typeof tasks): number => some.reduce((most, { dur }) => Math.max(most, dur), 0) / 1000;
  return {
    long_script_tasks: script.filter(({ dur }) => dur > frame).length,
    longest_script_task_ms: longest(script),
    long_tasks: tasks.filter(({ dur }) => dur > frame).length,
    longest_task_ms: longest(tasks),
    tasks: tasks.length,
  };
}

async function toBeginning(page: Page): Promise<void> {
  const devtools: CDPSession = await page.context().newCDPSession(page);
  while (!(await page.evaluate(hasBegun, textOf(1)))) {
    await devtools.send("Input.synthesizeScrollGesture", {
      x: 900,
      y: 450,
      yDistance: stroke,
      speed,
      gestureSourceType: "mouse",
      preventFling: true,
    });
  }
}
