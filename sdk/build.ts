/**
 * Usage: tools/web node sdk/build.ts
 *
 * Makes what is published in sdk/dist: JavaScript and declarations. `tools/web npm pack -w sdk` puts it into a package.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, globSync, mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";

const here = import.meta.dirname;
const dist = join(here, "dist");
rmSync(dist, { recursive: true, force: true });
execFileSync("tsc", ["-p", join(here, "tsconfig.build.json")], { stdio: "inherit" });
// What protoc wrote is JavaScript already.
mkdirSync(join(dist, "proto"));
for (const file of globSync(join(here, "src/proto/*_pb.*"))) copyFileSync(file, join(dist, "proto", basename(file)));
copyFileSync(join(here, "../LICENSE"), join(dist, "LICENSE"));
