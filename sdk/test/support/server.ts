import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Credentials } from "../../src/client/types.ts";

/** The program that tests run against: `tools/vitest` and ctest name it. */
export const dunlin = process.env["DUNLIN"] ?? join(import.meta.dirname, "../../../build/dunlin");

/** Milliseconds that a start may take, on a machine that is busy with other tests. */
const startsWithin = 60_000;
const run = promisify(execFile);

/** A real server with its data in a folder of its own, on ports that are free. */
export interface Server {
  /** Where it is, or was before it was killed; a restart may be elsewhere. */
  port(): number;
  /** Its command line; the JSON that it prints. */
  command(...words: string[]): Promise<Record<string, string>>;
  /** Makes an account, and gives its first device's credentials. */
  account(handle: string): Promise<Credentials>;
  /** Makes another device of an account. */
  device(of: Credentials): Promise<Credentials>;
  conversation(...members: Credentials[]): Promise<string>;
  /** What it logged. */
  log(): string;
  /** SIGKILL; resolves once it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same data. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

/** Starts a server. `settings` are given to `--set`. */
export async function startServer(settings: Readonly<Record<string, string>> = {}): Promise<Server> {
  if (!existsSync(dunlin)) throw new Error(`there is no server at ${dunlin}: make build`);
  const folder = await mkdtemp(join(tmpdir(), "dunlin-sdk-"));
  const data = join(folder, "data");
  const log = join(folder, "log");
  let running: { readonly child: ChildProcess; readonly port: number } | undefined;
  let lastPort = 0;

  const command = async (...words: string[]): Promise<Record<string, string>> => {
    const { stdout } = await run(dunlin, [...words, "--data", data]);
    return JSON.parse(stdout) as Record<string, string>;
  };
  const end = async (signal: "SIGKILL" | "SIGTERM"): Promise<void> => {
    const child = running?.child;
    running = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await gone;
  };
  const server: Server = {
    port: () => running?.port ?? lastPort,
    command,
    account: async (handle) => credentials(await command("account", "add", handle)),
    device: async (of) => credentials({ ...of, ...(await command("device", "add", of.handle)) }),
    conversation: async (...members) => {
      const names = members.map(({ handle }) => handle).join(",");
      return (await command("conversation", "add", "--members", names))["conversation"] ?? "";
    },
    log: () => (existsSync(log) ? readFileSync(log, "utf8") : ""),
    kill: () => end("SIGKILL"),
    start: async () => {
      running = await launch(folder, data, log, settings);
      lastPort = running.port;
    },
    remove: async () => {
      await end("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

function credentials(answer: Readonly<Record<string, string>>): Credentials {
  const { account = "", handle = "", device = "", token = "" } = answer;
  return { account, handle, device, token };
}

async function launch(
  folder: string,
  data: string,
  log: string,
  settings: Readonly<Record<string, string>>,
): Promise<{ child: ChildProcess; port: number }> {
  const ready = join(folder, "ready.json");
  await rm(ready, { force: true });
  const set = Object.entries(settings).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
  const where = ["--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0", "--ready-file", ready];
  const out = await open(log, "a");
  const child = spawn(dunlin, ["serve", "--data", data, ...where, ...set], { stdio: ["ignore", out.fd, out.fd] });
  await out.close();
  const limit = Date.now() + startsWithin;
  while (!existsSync(ready)) {
    if (child.exitCode !== null || Date.now() > limit) {
      child.kill("SIGKILL");
      throw new Error(`the server did not start:\n${readFileSync(log, "utf8")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { http } = JSON.parse(readFileSync(ready, "utf8")) as { http: string };
  return { child, port: Number(http.split(":").at(-1)) };
}
