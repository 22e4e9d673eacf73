import {
  allTexts,
  composer,
  expectTick,
  message,
  openChat,
  row,
  say,
  scroller,
  startChat,
  texts,
  toEnd,
  write,
} from "./app.ts";
import { botOf } from "./bot.ts";
import { expect, test } from "./test.ts";

test("without a network the app opens from the device, and what is sent waits until there is one", async ({
  person,
  site,
}) => {
  const [ada, ben] = await Promise.all([person("Ada"), person("Ben")]);
  await startChat(ada.page, ben.handle);
  await say(ada.page, "before");
  await expectTick(ada.page, "before", "delivered");
  await ada.page.waitForFunction(() => navigator.serviceWorker.controller !== null);

  site.reachable(false);
  await ada.page.reload();
  await expect(message(ada.page, "before")).toBeVisible();
  await expect(ada.page.getByText("You’re offline", { exact: true })).toBeVisible();
  await say(ada.page, "meanwhile");
  await expectTick(ada.page, "meanwhile", "sending");

  // It is on the disk: a reload does not lose it.
  await ada.page.reload();
  await expectTick(ada.page, "meanwhile", "sending");

  site.reachable(true);
  await expectTick(ada.page, "meanwhile", "delivered");
  await openChat(ben.page, "Ada");
  await expect(message(ben.page, "meanwhile")).toHaveCount(1);
  expect(await texts(ben.page)).toEqual(["before", "meanwhile"]);
});

test("500 missed messages come in one go, each once and in order", async ({ person, site }) => {
  const ada = await person("Ada");
  const bot = await botOf(site, "Bot");
  const chat = await bot.chatWith(ada.handle);
  await bot.say(chat, ["number 0"]);
  await openChat(ada.page, "Bot");
  await expect(message(ada.page, "number 0")).toBeVisible();

  site.reachable(false);
  const missed = Array.from({ length: 500 }, (_, at) => `number ${at + 1}`);
  await bot.say(chat, missed);
  site.reachable(true);
  await expect(row(ada.page, "Bot")).toContainText("number 500");
  await toEnd(ada.page);
  await expect(message(ada.page, "number 500")).toBeVisible();
  expect(await allTexts(ada.page)).toEqual(["number 0", ...missed]);
  await bot.close();
});

test("who reads further up stays there while hundreds of missed messages come, and then reads on", async ({
  person,
  site,
}) => {
  const ada = await person("Ada");
  const bot = await botOf(site, "Bot");
  const chat = await bot.chatWith(ada.handle);
  const all = Array.from({ length: 400 }, (_, at) => `number ${at + 1}`);
  await bot.say(chat, all.slice(0, 50));
  await openChat(ada.page, "Bot");
  await toEnd(ada.page);
  await expect(message(ada.page, "number 50")).toBeVisible();
  await scroller(ada.page).evaluate((log) => {
    log.scrollTop -= 500;
  });
  await expect(ada.page.getByRole("button", { name: /^Jump to latest/u })).toBeVisible();
  const read = message(ada.page, "number 30");
  const before = await read.boundingBox();

  site.reachable(false);
  await bot.say(chat, all.slice(50));
  site.reachable(true);
  await expect(row(ada.page, "Bot")).toContainText("number 400");
  expect(await read.boundingBox()).toEqual(before);

  // Down again: each message follows the one before it, none is left out.
  const seen = new Set<string>();
  await expect
    .poll(async () => {
      for (const text of await texts(ada.page)) seen.add(text);
      await scroller(ada.page).evaluate((log) => {
        log.scrollTop += log.clientHeight / 2;
      });
      return seen.has("number 400");
    })
    .toBe(true);
  expect([...seen]).toEqual(all.slice(all.indexOf([...seen][0] ?? "")));
  await bot.close();
});

test("a server that is killed while one sends loses nothing and makes nothing twice", async ({ person, site }) => {
  const [ada, ben] = await Promise.all([person("Ada"), person("Ben")]);
  await startChat(ada.page, ben.handle);
  const wanted = Array.from({ length: 30 }, (_, at) => `number ${at + 1}`);
  for (const [at, text] of wanted.entries()) {
    await write(composer(ada.page), text);
    await ada.page.keyboard.press("Enter");
    if (at === 14) await site.server.kill();
    if (at === 24) await site.server.start();
  }
  await expectTick(ada.page, "number 30", /sent|delivered/u);
  await expect(row(ben.page, "Ada")).toContainText("number 30");
  await openChat(ben.page, "Ada");
  expect(await allTexts(ben.page)).toEqual(wanted);
  expect(await allTexts(ada.page)).toEqual(wanted);
});
