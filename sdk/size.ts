/**
 * Usage: tools/web node sdk/size.ts
 *
 * How large the SDK is in a browser's worker: connection, store, protobuf and MQTT, minified and gzipped as it would be
 * served. Exits with 1 above the limit.
 */
import { gzipSync } from "node:zlib";
import { build } from "vite";
import type { Rolldown } from "vite";

const limit = 120_000;

const built = await build({
  root: import.meta.dirname,
  configFile: false,
  logLevel: "error",
  resolve: { conditions: ["@dunlin/source"] },
  build: {
    target: "es2023",
    write: false,
    rolldownOptions: { input: new URL("test/worker.ts", import.meta.url).pathname },
  },
});
const outputs = (Array.isArray(built) ? built : [built]) as Rolldown.RolldownOutput[];
const chunks = outputs.flatMap(({ output }) => output).filter((one) => one.type === "chunk");
const size = chunks.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0);
process.stdout.write(`the SDK in a worker: ${size} bytes gzip, ${limit} at most\n`);
process.exit(size > 0 && size <= limit ? 0 : 1);
