/** A program that says one number after another until it is killed, and writes down each that it was promised. */
import { Client } from "../../src/index.ts";
import { sqliteStore } from "../../src/node.ts";
import type { Credentials } from "../../src/index.ts";
import { until } from "./until.ts";

const [server = "", path = "", conversation = "", name = "", credentials = "{}"] = process.argv.slice(2);
const store = sqliteStore(path);
const client = await Client.open({ server, store, credentials: JSON.parse(credentials) as Credentials });
await until(client.conversations, (all) => all.some(({ id }) => id === conversation), "the conversation");
const chat = client.conversation(conversation);
for (let at = 0; ; at++) {
  const text = `${name}.${at}`;
  await chat.send({ type: "text", text });
  process.stdout.write(`${text}\n`);
}
