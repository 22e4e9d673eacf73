import { describe, expect, test, vi } from "vitest";
import { memoryStore } from "../store/memory.ts";
import { Client } from "./client.ts";

type Answer = () => Promise<Response>;
const lost: Answer = () => Promise.reject(new TypeError("fetch failed"));
const problem = (status: number, word: string) => () =>
  Promise.resolve(Response.json({ type: `urn:dunlin:problem:${word}` }, { status }));

/** A signed-in client whose changes of conversations get these answers, and what it asked for. */
async function clientWith(answers: Answer[]) {
  const asked: unknown[] = [];
  const id = "b".repeat(26);
  const client = await Client.open({
    server: "http://server.test",
    store: memoryStore(),
    credentials: { account: id, handle: "ada", device: id, token: "t" },
    transport: () => ({ send: vi.fn(), close: vi.fn() }),
    fetch: ((input: URL, { body }: RequestInit) => {
      if (!input.pathname.endsWith("/changes")) return lost();
      asked.push(JSON.parse(body as string));
      return (answers.shift() ?? lost)();
    }) as typeof fetch,
    backOff: { first: 1, longest: 2 },
  });
  return { client, asked };
}

describe("a change of a group", () => {
  const done: Answer = () => Promise.resolve(Response.json({ seq: 7 }));
  const change = (client: Client): Promise<void> => client.conversation("c".repeat(26)).change({ name: "trip" });

  test("S3 is asked for again under the same id when its answer was lost", async () => {
    const { client, asked } = await clientWith([lost, problem(503, "unavailable"), done]);
    await change(client);
    expect(asked).toHaveLength(3);
    expect(asked[1]).toEqual(asked[0]);
    expect(asked[2]).toEqual(asked[0]);
    await change(client).catch(() => undefined);
    expect(asked[3]).not.toEqual(asked[0]);
    await client.close();
  });

  test.each([
    [403, "forbidden"],
    [429, "rate-limited"],
  ])("that is answered with %i is not asked for again", async (status, word) => {
    const { client, asked } = await clientWith([problem(status, word)]);
    await expect(change(client)).rejects.toMatchObject({ reason: word });
    expect(asked).toHaveLength(1);
    await client.close();
  });

  test("gives up after a few tries", async () => {
    const { client, asked } = await clientWith([]);
    await expect(change(client)).rejects.toMatchObject({ reason: "offline" });
    expect(asked).toHaveLength(4);
    await client.close();
  });
});
