/**
 * Usage: tools/app && tools/web node web/size.ts
 *
 * How large what a browser loads before the app stands is, in web/dist, gzipped as it is served: the scripts of the page, and the
 * shared worker. Exits with 1 above a limit.
 */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const limits = { page: 130_000, worker: 120_000 };

const folder = new URL("dist/", import.meta.url);
const text = (name: string): string => readFileSync(new URL(name, folder), "utf8");
const size = (names: Iterable<string>): number =>
  [...names].reduce((sum, name) => sum + gzipSync(text(name), { level: 9 }).length, 0);

/** A script, and all that it imports before it runs. */
function withImports(name: string, found: Set<string>): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  for (const [, other] of text(name).matchAll(/\b(?:from|import)\s*["']\.\/([^"']+\.js)["']/gu)) {
    withImports(`assets/${other ?? ""}`, found);
  }
  return found;
}

const page = new Set<string>();
for (const [, script] of text("index.html").matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/gu)) {
  withImports(script ?? "", page);
}
const workers = readdirSync(new URL("assets", folder)).filter((name) => /^worker-[^.]+\.js$/u.test(name));
if (workers.length !== 1) throw new Error(`there are ${workers.length} workers in web/dist`);
const sizes = { page: size(page), worker: size(withImports(`assets/${workers[0] ?? ""}`, new Set())) };
for (const part of ["page", "worker"] as const) {
  process.stdout.write(`the ${part}: ${sizes[part]} bytes gzip, ${limits[part]} at most\n`);
}
process.exit(page.size > 1 && sizes.page <= limits.page && sizes.worker <= limits.worker ? 0 : 1);
