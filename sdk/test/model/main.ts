/**
 * Usage: tools/web node --conditions=@dunlin/source sdk/test/model/main.ts [--seeds N] [--seed FIRST] [--parallel N]
 *
 * The model test: clients on their stores against the real server (DUNLIN, or build/dunlin), with connections cut at random,
 * pages killed at random and the server killed by SIGKILL. At its end each store equals the server's streams, every message
 * that was promised is there, none is there twice, and each device's are in order. A seed decides on what people do and
 * when; the machine decides on the rest, so run a seed that failed several times.
 */
import { parseArgs } from "node:util";
import { startServer } from "../support/server.ts";
import type { Server } from "../support/server.ts";
import { chanceOf } from "./chance.ts";
import type { Chance } from "./chance.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    seed: { type: "string" },
    parallel: { type: "string", default: "10" },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Kills the server now and then, until the worlds have lived. */
async function kills(server: Server, chance: Chance, over: () => boolean): Promise<number> {
  let count = 0;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 150 + chance.below(600)));
    if (over()) return count;
    await server.kill();
    await new Promise((resolve) => setTimeout(resolve, chance.below(50)));
    await server.start();
    count++;
  }
}

async function batch(server: Server, seeds: readonly number[]): Promise<string[]> {
  const worlds: World[] = [];
  for (const seed of seeds) worlds.push(await createWorld(server, seed));
  let over = false;
  const killing = kills(server, chanceOf(seeds[0] ?? 0), () => over);
  const lives = await Promise.allSettled(worlds.map((world) => world.live()));
  over = true;
  const killed = await killing;
  const checks = await Promise.allSettled(worlds.map((world) => world.check()));
  await Promise.all(worlds.map((world) => world.close()));
  const failures = [...lives, ...checks].flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []));
  say(`seeds ${seeds[0]} to ${seeds.at(-1)}: ${failures.length === 0 ? "as they must be" : "FAILED"}, ${killed} kills`);
  return failures;
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
const failures: string[] = [];
for (let at = 0; at < count; at += parallel) {
  const seeds = Array.from({ length: Math.min(parallel, count - at) }, (_, more) => first + at + more);
  failures.push(...(await batch(server, seeds)));
}
await server.remove();
for (const failure of failures) say(failure);
say(`model: ${count} seeds, ${failures.length} failures, ${Math.round((Date.now() - began) / 1000)} s`);
process.exit(failures.length === 0 ? 0 : 1);
