import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Client } from "../src/index.ts";
import { memoryStore } from "../src/store/memory.ts";
import { startServer } from "./support/server.ts";
import { until } from "./support/until.ts";

const root = new URL("../../", import.meta.url).pathname;

test("the chat bot of the README answers, as it stands there, in 20 lines", async () => {
  const readme = await readFile(join(root, "sdk/README.md"), "utf8");
  const program = /<!-- example: bot -->\n```js\n(.*?)```/s.exec(readme)?.[1] ?? "";
  expect(program.trim().split("\n").length).toBeLessThanOrEqual(20);
  const folder = await mkdtemp(join(tmpdir(), "dunlin-bot-"));
  await writeFile(join(folder, "bot.mjs"), program);
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  const server = await startServer();
  const [ada, bot] = [await server.account("ada"), await server.account("echo")];
  const conversation = await server.conversation(ada, bot);
  const SERVER = `http://127.0.0.1:${server.port()}`;
  const { account: ACCOUNT, handle: HANDLE, device: DEVICE, token: TOKEN } = bot;
  const child = spawn(process.execPath, ["--conditions=@dunlin/source", "bot.mjs"], {
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
    await rm(folder, { recursive: true });
  }
});
