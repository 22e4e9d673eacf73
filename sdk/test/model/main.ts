/**
 * Usage: tools/web node --conditions=@dunlin/source sdk/test/model/main.ts [--seeds N] [--seed FIRST] [--parallel N]
 *
 * The model test: clients on their stores against the real server (DUNLIN, or build/dunlin), with connections cut at random,
 * messages refused for a while at random, pages killed at random and the server killed by SIGKILL. At its end each store
 * equals the server's streams, every message that was promised is there, none is there twice, and each device's are in
 * order. A seed decides on what people do and when; the machine decides on the rest, so a seed that failed is to be run
 * several times. It stops after the first batch in which one failed.
 */
import { parseArgs } from "node:util";
import { startServer } from "../support/server.ts";
import type { Server } from "../support/server.ts";
import { chanceOf } from "./chance.ts";
import type { Chance } from "./chance.ts";
import { emptyTally } from "./tally.ts";
import type { Tally } from "./tally.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    seed: { type: "string" },
    parallel: { type: "string", default: "10" },
  },
});

const me = "tools/web node --conditions=@dunlin/source sdk/test/model/main.ts";
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Kills the server now and then, until the worlds have lived. */
async function kills(server: Server, chance: Chance, tally: Tally, over: () => boolean): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 100 + chance.below(300)));
    if (over()) return;
    await server.kill();
    tally.serverKilled++;
    await new Promise((resolve) => setTimeout(resolve, chance.below(50)));
    await server.start();
  }
}

/** Lives of worlds on one server, at the same time. What went wrong in them. */
async function batch(server: Server, seeds: readonly number[], tally: Tally): Promise<string[]> {
  const worlds: World[] = [];
  for (const seed of seeds) worlds.push(await createWorld(server, seed, tally));
  let over = false;
  const killing = kills(server, chanceOf(seeds[0] ?? 0), tally, () => over);
  const lives = await Promise.allSettled(worlds.map((world) => world.live()));
  over = true;
  await killing;
  const checks = await Promise.allSettled(worlds.map((world) => world.check()));
  await Promise.all(worlds.map((world) => world.close()));
  return worlds.flatMap(({ seed }, at) => {
    const wrong = [lives[at], checks[at]].flatMap((one) => (one?.status === "rejected" ? [String(one.reason)] : []));
    return wrong.length === 0 ? [] : [`seed ${seed}: ${wrong.join("; ")}\n  ${me} --seeds 1 --seed ${seed}`];
  });
}

const count = Number(values.seeds);
const first = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
const parallel = Number(values.parallel);
say(`model: ${count} seeds from ${first}`);
const began = Date.now();
const server = await startServer({
  shards: "2",
  "log.segment_size": "10 MiB",
  "log.max_unsealed": "40 MiB",
  "log.reserve": "1 MiB",
});
const tally = emptyTally();
const failures: string[] = [];
let ran = 0;
for (; ran < count && failures.length === 0; ran += parallel) {
  const seeds = Array.from({ length: Math.min(parallel, count - ran) }, (_, more) => first + ran + more);
  failures.push(...(await batch(server, seeds, tally)));
}
await server.remove();
for (const failure of failures) say(failure);
say(`model: ${JSON.stringify(tally)}`);
// With so many seeds each of it happens, or the test tests nothing.
const missing = count < 50 ? [] : Object.entries(tally).flatMap(([what, times]) => (times === 0 ? [what] : []));
if (missing.length > 0) say(`model: never happened: ${missing.join(", ")}`);
const seconds = Math.round((Date.now() - began) / 1000);
say(`model: ${Math.min(ran, count)} seeds from ${first}, ${failures.length} failed, ${seconds} s`);
process.exit(failures.length + missing.length === 0 ? 0 : 1);
