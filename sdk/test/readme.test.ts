import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "../src/index.ts";
import { memoryStore } from "../src/store/memory.ts";
import { startServer } from "./support/server.ts";
import { until } from "./support/until.ts";

const root = new URL("../../", import.meta.url).pathname;
const run = promisify(execFile);
let folder: string;

/** A program's folder, with the package as it is published, and what that depends on. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dunlin-bot-"));
  const [packed, modules] = [join(folder, "packed"), join(folder, "node_modules")];
  await run(process.execPath, ["sdk/build.ts"], { cwd: root });
  await mkdir(packed);
  // `prepack` would build again.
  await run("npm", ["pack", "--ignore-scripts", "--workspace=sdk", `--pack-destination=${packed}`], { cwd: root });
  await mkdir(join(modules, "@dunlin"), { recursive: true });
  await run("sh", ["-c", `tar xf ${packed}/*.tgz -C ${packed} && mv ${packed}/package ${modules}/@dunlin/sdk`]);
  for (const name of ["@bufbuild", "@types", "undici-types"])
    await symlink(join(root, "node_modules", name), join(modules, name));
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the package's types hold by themselves, under the strictest rules", async () => {
  const program = `
    import { Client, Problem, memoryStore } from "@dunlin/sdk";
    import type { ConnectionState, Cipher, IncomingMessage } from "@dunlin/sdk";
    import { sqliteStore } from "@dunlin/sdk/node";
    export const store = process.argv.length > 2 ? sqliteStore("x.db") : memoryStore();
    export const cipher: Cipher = { seal: (_, __, content) => content, open: (_, record) => record.body };
    const client: Client = await Client.open({ server: "http://127.0.0.1", store, cipher });
    export const now: ConnectionState = client.connection.get();
    client.onMessage(({ seq }: IncomingMessage) => console.log(seq.toFixed()));
    // @ts-expect-error A content is one of those that the types name.
    await client.conversation("c").send({ type: "song" }).catch((reason: Problem) => reason.retryAfter);
  `;
  await writeFile(join(folder, "program.ts"), program);
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    target: "ES2024",
    module: "NodeNext",
    lib: ["ES2024", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
    types: ["node"],
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
  const said = await run("tsc", ["-p", folder]).catch((reason: unknown) => reason as { stdout: string });
  expect(said.stdout).toBe("");
});

test("the chat bot of the README answers, as it stands there, in 20 lines", async () => {
  const readme = await readFile(join(root, "sdk/README.md"), "utf8");
  const program = /<!-- example: bot -->\n```js\n(.*?)```/s.exec(readme)?.[1] ?? "";
  expect(program.trim().split("\n").length).toBeLessThanOrEqual(20);
  await writeFile(join(folder, "bot.mjs"), program);
  const server = await startServer();
  const [ada, bot] = [await server.account("ada"), await server.account("echo")];
  const conversation = await server.conversation(ada, bot);
  const SERVER = `http://127.0.0.1:${server.port()}`;
  const { account: ACCOUNT, handle: HANDLE, device: DEVICE, token: TOKEN } = bot;
  const child = spawn(process.execPath, ["bot.mjs"], {
    cwd: folder,
    env: { ...process.env, SERVER, ACCOUNT, HANDLE, DEVICE, TOKEN },
    stdio: ["ignore", "inherit", "inherit"],
  });
  try {
    const client = await Client.open({ server: SERVER, store: memoryStore(), credentials: ada });
    await until(client.conversations, (all) => all.length === 1, "the conversation");
    const chat = client.conversation(conversation);
    await chat.send({ type: "text", text: "Hello" });
    const { messages } = await until(chat.messages, (window) => window.messages.length === 3, "an answer");
    expect(messages.at(-1)).toMatchObject({ account: bot.account, content: { text: "You said: Hello" } });
    await until(chat.messages, (window) => window.messages[1]?.state.state === "read", "hello to be read");
    await client.close();
  } finally {
    child.kill();
    await server.remove();
  }
});
