/**
 * Usage: tools/web node bench/app/main.ts SCENARIO [--repeat N] [--smoke]
 *
 * Measures the app of web/dist, served by the server DUNLIN, in Debian's Chromium: what bench/run calls. Prints each run as a line
 * of JSON: figures of the app, and of a page without scripts that has the same DOM.
 */
import { parseArgs } from "node:util";
import { memory } from "./memory.ts";
import { missed } from "./missed.ts";
import type { Scenario, Sizes } from "./scenario.ts";
import { scroll } from "./scroll.ts";
import { sent } from "./sent.ts";
import { start } from "./start.ts";

const scenarios: Readonly<Record<string, Scenario>> = { start, sent, scroll, missed, memory };
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { repeat: { type: "string", default: "5" }, smoke: { type: "boolean", default: false } },
});
const scenario = scenarios[positionals[0] ?? ""];
if (scenario === undefined) throw new Error(`one of these is to be named: ${Object.keys(scenarios).join(", ")}`);
const repeat = Number(values.repeat);
const sizes: Sizes = values.smoke
  ? { repeat, many: 1_000, few: 400, sent: 5, missed: 50 }
  : { repeat, many: 10_000, few: 1_000, sent: 100, missed: 500 };
await scenario(sizes, (run) => {
  process.stdout.write(`${JSON.stringify(run)}\n`);
});
