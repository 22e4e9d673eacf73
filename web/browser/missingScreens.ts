/** Usage: node web/browser/missingScreens.ts: fails unless build/screens has a picture of every screen. */
import { existsSync } from "node:fs";
import { screens } from "./screenNames.ts";

const folder = new URL("../../build/screens/", import.meta.url);
const missing = screens.filter(({ name }) => !existsSync(new URL(`${name}.png`, folder)));
for (const { name } of missing) process.stderr.write(`build/screens/${name}.png is missing\n`);
process.stdout.write(`${screens.length - missing.length} of ${screens.length} screens are in build/screens\n`);
process.exit(missing.length === 0 ? 0 : 1);
