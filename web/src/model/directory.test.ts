import { beforeEach, expect, test } from "vitest";
import { source } from "../base/signal.ts";
import { asking, type Asking } from "../testing/asking.ts";
import { directorySearch, type DirectorySearch } from "./directory.ts";
import { fakeClient } from "./fake/client.ts";
import { demoWorld } from "./fake/demo.ts";
import { demoNow } from "./fake/demoTime.ts";
import { greta, theo } from "./fake/people.ts";
import { fakePlatform, type FakePlatform } from "./fake/platform.ts";
import { peopleOf } from "./people.ts";
import type { Profile } from "./ports.ts";

let asked: Asking<[string, number?], readonly Profile[]>["asked"] = [];
let platform: FakePlatform;
let query = source("");
let directory: DirectorySearch;

beforeEach(() => {
  platform = fakePlatform({ now: demoNow });
  query = source("");
  const fake = fakeClient(demoWorld, platform.clock);
  const searches = asking<[string, number?], readonly Profile[]>();
  asked = searches.asked;
  const client = { ...fake, profiles: { ...fake.profiles, search: searches.ask } };
  const people = peopleOf(client, platform);
  directory = directorySearch({ client, people, platform, server: source(undefined) }, query, { emptyFinds: false });
});

const found = (): string[] | string => {
  const now = directory.people.get();
  return now.state === "found" ? now.people.map(({ name }) => name) : now.state;
};
/** Types a text, and waits as long as it takes to be asked for. */
const type = (text: string): void => {
  query.set(text);
  platform.clock.advance(250);
};

test("people are found by what is typed", async () => {
  type("the");
  expect(found()).toBe("searching");
  await asked[0]?.answer([theo]);
  expect(found()).toEqual(["Theo"]);
});

test("that one text found nobody says nothing of the next", async () => {
  type("gxy");
  await asked[0]?.answer([]);
  expect(found()).toEqual([]);
  query.set("greta");
  expect(found()).toBe("searching");
  platform.clock.advance(250);
  expect(found()).toBe("searching");
  await asked[1]?.answer([greta]);
  expect(found()).toEqual(["Greta"]);
});

test("an answer that comes late is not taken for that to the next text", async () => {
  type("gxy");
  query.set("greta");
  await asked[0]?.answer([]);
  expect(found()).toBe("searching");
  platform.clock.advance(250);
  expect(asked.map(({ of: [text] }) => text)).toEqual(["gxy", "greta"]);
});

test.each(["rate-limited", "offline", "interrupted"])("what was not answered (%s) is asked again", async (reason) => {
  type("greta");
  for (const again of [1_000, 2_000, 4_000]) {
    await asked.at(-1)?.fail(reason);
    expect(found()).toBe("searching");
    platform.clock.advance(again - 1);
    const before = asked.length;
    platform.clock.advance(1);
    expect(asked.length).toBe(before + 1);
  }
  await asked.at(-1)?.answer([greta]);
  expect(found()).toEqual(["Greta"]);
});

test("a text that was not answered is not asked for again once there is another", async () => {
  type("gre");
  query.set("greta");
  await asked[0]?.fail("offline");
  platform.clock.advance(60_000);
  expect(asked.map(({ of: [text] }) => text)).toEqual(["gre", "greta"]);
});

test("nothing is asked for any more after the end", async () => {
  type("gre");
  directory.end();
  await asked[0]?.fail("offline");
  platform.clock.advance(60_000);
  expect(asked.length).toBe(1);
});

test("a text that the server does not take finds nobody", async () => {
  type("x".repeat(200));
  await asked[0]?.fail("bad-parameter");
  expect(found()).toEqual([]);
});
