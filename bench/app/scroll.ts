import type { CDPSession, Page } from "@playwright/test";
import { collectRows, hasBegun } from "./inPage.ts";
import type { Figures, Scenario } from "./scenario.ts";
import { textOf } from "./texts.ts";
import { tasksOf, type TraceEvent } from "./trace.ts";
import { inWorld, type World } from "./world.ts";

/** How fast somebody scrolls, in px a second, and how far with one movement. */
const speed = 12_000;
const stroke = 12_000;
/** A frame at 60 Hz, in microseconds. */
const frame = 16_000;
const categories = ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel", "v8"];

/** A long conversation is scrolled from its end to its beginning with the wheel. */
export const scroll: Scenario = ({ repeat, many }, tell) =>
  inWorld(async (world) => {
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
      // A trace that calls things by other names would have nothing long in it.
      if ((app.tasks_with_script ?? 0) < many / 100) throw new Error("the trace of the app has no script in it");
      tell({ app, static: still });
    }
  });

async function scrolled(world: World, address: string): Promise<Figures> {
  const page = await world.open(address);
  await page.locator('[role="log"] [data-key]').last().waitFor();
  await world.browser.startTracing(page, { categories });
  await toBeginning(page);
  const trace = await world.browser.stopTracing();
  await page.close();
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const tasks = tasksOf(traceEvents);
  const script = tasks.map((task) => task.script);
  const whole = tasks.map(({ dur }) => dur);
  const long = (times: readonly number[]): number => times.filter((time) => time > frame).length;
  const longest = (times: readonly number[]): number => times.reduce((most, time) => Math.max(most, time), 0) / 1000;
  return {
    long_script_tasks: long(script),
    longest_script_task_ms: longest(script),
    longest_script_alone_ms: longest(tasks.map(({ scriptAlone }) => scriptAlone)),
    long_tasks: long(whole),
    longest_task_ms: longest(whole),
    tasks_with_script: script.filter((time) => time > 0).length,
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
