import { Client, memoryStore, type ConversationSummary } from "../../sdk/src/index.ts";
import { until } from "../../sdk/test/support/until.ts";
import type { Site } from "./site.ts";

/** Somebody without a browser: the SDK in this program, past what lies between the browsers and the server. */
export interface Bot {
  readonly name: string;
  readonly handle: string;
  readonly client: Client;
  /** The direct chat with somebody. */
  chatWith(handle: string): Promise<string>;
  /** Says all of it; resolves once the server has it. */
  say(chat: string, texts: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

let bots = 0;
/** How many wait in the outbox at a time. */
const atOnce = 500;

/** Signs one up. */
export async function botOf(site: Site, name: string): Promise<Bot> {
  const client = await Client.open({ server: `http://127.0.0.1:${site.server.port()}`, store: memoryStore() });
  const handle = `${name.toLowerCase()}${process.pid}b${++bots}`;
  await client.signUp({ invite: site.invite.replace(/^.*=/u, ""), handle, name, deviceName: "Bot" });
  await until(client.connection, ({ state }) => state === "online", "online");
  const last = (chat: string): ConversationSummary["last"] =>
    client.conversations.get().find(({ id }) => id === chat)?.last;
  return {
    name,
    handle,
    client,
    chatWith: async (other) => {
      const { account } = await client.profiles.byHandle(other);
      return client.startDirect(account);
    },
    say: async (chat, texts) => {
      for (let at = 0; at < texts.length; at += atOnce) {
        const some = texts.slice(at, at + atOnce);
        await Promise.all(some.map((text) => client.conversation(chat).send({ type: "text", text })));
        await until(
          client.conversations,
          () => last(chat)?.seq !== undefined && textOf(last(chat)) === some.at(-1),
          `${some.at(-1) ?? ""} sent`,
        );
      }
    },
    close: () => client.close(),
  };
}

function textOf(message: ConversationSummary["last"]): string | undefined {
  return message?.content.type === "text" ? message.content.text : undefined;
}
