import { expect, test } from "vitest";
import { source } from "../base/signal.ts";
import type { Locale } from "../i18n/format.ts";
import { asking } from "../testing/asking.ts";
import type { EmojiGroup } from "../views/EmojiPicker/emoji.ts";
import { emojiModel } from "./emoji.ts";
import { fakePlatform } from "./fake/platform.ts";

const group = (bird: string): readonly EmojiGroup[] => [
  {
    name: "nature",
    emoji: [
      { char: "🐦", name: bird, tags: "" },
      { char: "🦆", name: "duck", tags: "" },
    ],
  },
];

function setUp(kept: Record<string, string> = {}) {
  const fetches = asking<[Locale], readonly EmojiGroup[]>();
  const locale = source<Locale>("en");
  const platform = fakePlatform({ kept });
  return { fetches, locale, platform, model: emojiModel(platform, locale, fetches.ask) };
}

const named = ({ snapshot }: ReturnType<typeof emojiModel>): string[] | string => {
  const now = snapshot.get();
  return now.state === "ready" ? now.groups.flatMap(({ emoji }) => emoji.map(({ name }) => name)) : now.state;
};

test("emoji are fetched once in a language", async () => {
  const { fetches, model } = setUp();
  model.load();
  expect(named(model)).toBe("loading");
  await fetches.asked[0]?.answer(group("bird"));
  expect(named(model)).toEqual(["bird", "duck"]);
  model.load();
  expect(fetches.asked.map(({ of }) => of)).toEqual([["en"]]);
});

test("an answer in the language of before does not take the place of the newer one", async () => {
  const { fetches, locale, model } = setUp();
  model.load();
  locale.set("de");
  model.load();
  await fetches.asked[1]?.answer(group("Vogel"));
  await fetches.asked[0]?.answer(group("bird"));
  expect(named(model)).toEqual(["Vogel", "duck"]);
});

test("what failed is fetched again when it is wanted again", async () => {
  const { fetches, model } = setUp();
  model.load();
  await fetches.asked[0]?.fail("offline");
  expect(named(model)).toBe("failed");
  model.load();
  await fetches.asked[1]?.answer(group("bird"));
  expect(named(model)).toEqual(["bird", "duck"]);
});

test("what was picked last comes first, also after the page was closed", async () => {
  const { fetches, platform, model } = setUp({ emoji: "🦆" });
  model.pick("🐦");
  model.pick("🐦");
  expect(platform.kept.get("emoji")).toBe("🐦 🦆");
  model.load();
  await fetches.asked[0]?.answer(group("bird"));
  const now = model.snapshot.get();
  expect(now.state === "ready" && now.recent.map(({ char }) => char)).toEqual(["🐦", "🦆"]);
});
