import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { readContent } from "../src/codec/content.ts";
import { Client } from "../src/index.ts";
import { sqliteStore } from "../src/node.ts";
import { chanceOf } from "./model/chance.ts";
import { startServer } from "./support/server.ts";
import { until } from "./support/until.ts";

const lives = 4;
const talker = new URL("support/talker.ts", import.meta.url).pathname;

/** Runs the talker, kills it once it was promised so many, and gives those. */
async function promisedUntilKilled(args: readonly string[], enough: number): Promise<string[]> {
  const child = spawn(process.execPath, ["--conditions=@dunlin/source", talker, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(child, "exit");
  const promised: string[] = [];
  for await (const line of createInterface(child.stdout)) if (promised.push(line) === enough) child.kill("SIGKILL");
  await gone;
  return promised;
}

test("S3 a program that is killed while it sends loses and doubles nothing of what it was promised", async () => {
  const seed = Math.floor(Math.random() * 1_000_000);
  process.stdout.write(`seed ${seed}\n`);
  const chance = chanceOf(seed);
  const folder = await mkdtemp(join(tmpdir(), "dunlin-crash-"));
  const server = await startServer();
  const [ada, ben] = [await server.account("ada"), await server.account("ben")];
  const conversation = await server.conversation(ada, ben);
  const url = `http://127.0.0.1:${server.port()}`;
  const path = join(folder, "store.db");
  try {
    const promised: string[] = [];
    for (let life = 0; life < lives; life++) {
      const args = [url, path, conversation, String(life), JSON.stringify(ada)];
      promised.push(...(await promisedUntilKilled(args, 1 + chance.below(100))));
    }
    expect(promised.length).toBeGreaterThanOrEqual(lives);

    const store = sqliteStore(path);
    const client = await Client.open({ server: url, store });
    await until(client.connection, ({ state }) => state === "online", "online");
    await expect.poll(() => store.all("outbox"), { timeout: 60_000 }).toEqual([]);
    const records = await store.scan("records", conversation, { limit: 10_000 });
    const said = records.flatMap(({ kind, body }) => {
      const content = kind === 0 ? readContent(body) : undefined;
      return content?.type === "text" ? [content.text] : [];
    });
    await client.close();
    expect(new Set(said).size).toBe(said.length);
    // One that was under way in each life may be there, too.
    expect(said.filter((text) => promised.includes(text))).toEqual(promised);
    expect(said.length - promised.length).toBeLessThanOrEqual(lives * 2);
  } finally {
    await server.remove();
    await rm(folder, { recursive: true });
  }
});
