import { composer, expectTick, message, openChat, say, scroller, toEnd } from "./app.ts";
import { botOf } from "./bot.ts";
import { expect, test } from "./test.ts";

test("a conversation of 10,000 messages opens at its end, and is read from end to beginning", async ({
  person,
  site,
}) => {
  const ada = await person("Ada");
  const bot = await botOf(site, "Bot");
  const chat = await bot.chatWith(ada.handle);
  await bot.say(
    chat,
    Array.from({ length: 10_000 }, (_, at) => `number ${at + 1}`),
  );
  await openChat(ada.page, "Bot");
  await toEnd(ada.page);
  await expect(message(ada.page, "number 10000")).toBeVisible();
  await say(ada.page, "all of it");
  await expectTick(ada.page, "all of it", /sent|delivered|read/u);

  // Up through some pages: what is read stays where it is while older ones come above it.
  const log = scroller(ada.page);
  let lowest = 10_000;
  await expect
    .poll(
      async () => {
        const [first] = await ada.page.getByRole("article").locator("[data-text]").allInnerTexts();
        lowest = Math.min(lowest, Number(first?.split(" ")[1] ?? lowest));
        await log.evaluate((element) => {
          element.scrollTop -= element.clientHeight * 0.9;
        });
        return lowest;
      },
      { timeout: 120_000, intervals: [30] },
    )
    .toBeLessThan(9_000);
  // What is on the page is a part of it, whatever one has scrolled through.
  expect(await ada.page.getByRole("article").count()).toBeLessThan(120);
  await toEnd(ada.page);
  await expect(message(ada.page, "all of it")).toBeVisible();
  await expect(composer(ada.page)).toBeVisible();
  await bot.close();
});
