import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { expectTick, message, openChat, row, say, startChat } from "./app.ts";
import { expect, test } from "./test.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe says of a page, a line each. */
async function complaints(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate<AxeResults>(
    // Names begin with what is seen first, and go on with what matters most: an experimental rule wants them word by word.
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], " +
      "rules: { 'label-content-name-mismatch': { enabled: false } } })",
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
}

test("on a phone list, chat and info lie over each other, and the way back leads through them", async ({ person }) => {
  const phone = { viewport: { width: 390, height: 844 } };
  const [ada, ben] = await Promise.all([person("Ada", phone), person("Ben")]);
  await startChat(ada.page, ben.handle);
  await say(ada.page, "from the phone");
  // Only what lies on top can be reached.
  await expect(ada.page.getByRole("navigation", { includeHidden: true })).toHaveAttribute("inert");
  await ada.page.getByRole("button", { name: "Ben, open info" }).click();
  await expect(ada.page.getByText(`@${ben.handle} on`, { exact: false }).first()).toBeInViewport();
  await ada.page.goBack();
  await expect(message(ada.page, "from the phone")).toBeInViewport();
  await ada.page.goBack();
  await expect(row(ada.page, "Ben")).toBeInViewport();
  const wide = await ada.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide, "nothing stands over the edge").toBeLessThanOrEqual(0);
});

test("dark is dark from the first pixel, and stays so", async ({ person }) => {
  const ada = await person("Ada");
  await ada.page.getByRole("button", { name: "Settings" }).first().click();
  await ada.page.getByRole("button", { name: "Appearance" }).click();
  await ada.page.getByText("Dark", { exact: true }).click();
  await expect(ada.page.locator("html")).toHaveAttribute("data-theme", "dark");
  await ada.page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (document.querySelector("body") === null) return;
      observer.disconnect();
      (globalThis as { themeAtFirst?: string | undefined }).themeAtFirst = document.documentElement.dataset.theme;
    }).observe(document, { childList: true, subtree: true });
  });
  await ada.page.reload();
  await expect(ada.page.locator("html")).toHaveAttribute("data-theme", "dark");
  expect(await ada.page.evaluate(() => (globalThis as { themeAtFirst?: string }).themeAtFirst)).toBe("dark");
  const light = await ada.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(Math.max(...(light.match(/\d+/gu) ?? []).slice(0, 3).map(Number))).toBeLessThan(80);
});

test("everything can be done by keys alone", async ({ person }) => {
  const [ada, ben] = await Promise.all([person("Ada"), person("Ben")]);
  const { keyboard } = ada.page;
  await ada.page.bringToFront();
  await keyboard.press("Control+Alt+n");
  await expect(ada.page.getByLabel("Name or @handle")).toBeFocused();
  await keyboard.type(ben.handle);
  await expect(ada.page.getByRole("button", { name: /, @/u })).toHaveCount(1);
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await expect(ada.page.getByRole("textbox", { name: "Message" })).toBeFocused();
  await keyboard.type("without a mouse");
  await keyboard.press("Enter");
  await expectTick(ada.page, "without a mouse", /sent|delivered/u);
  // From the field to the last message, its menu, and back.
  await keyboard.press("Shift+Tab");
  await expect(message(ada.page, "without a mouse")).toBeFocused();
  await keyboard.press("Shift+F10");
  await expect(ada.page.getByRole("menu")).toBeVisible();
  await keyboard.press("Escape");
  await expect(ada.page.getByRole("menu")).toHaveCount(0);
  await expect(message(ada.page, "without a mouse")).toBeFocused();
  // To the list by its search, and into a chat.
  await keyboard.press("Control+k");
  await expect(ada.page.getByLabel("Search", { exact: true })).toBeFocused();
  await keyboard.type("Ben");
  await keyboard.press("ArrowDown");
  await expect(row(ada.page, "Ben")).toBeFocused();
  await keyboard.press("Enter");
  await expect(ada.page.getByRole("textbox", { name: "Message" })).toBeVisible();
});

test("axe finds nothing on the ways in, in a chat, and in the settings", async ({ person, browserOf, site }) => {
  const guest = await browserOf();
  await guest.page.goto(site.invite);
  await guest.page.getByRole("button", { name: "Accept invitation" }).waitFor();
  expect(await complaints(guest.page)).toEqual([]);
  await guest.page.getByRole("button", { name: "Accept invitation" }).click();
  await guest.page.getByLabel("Handle", { exact: true }).waitFor();
  expect(await complaints(guest.page)).toEqual([]);

  const [ada, ben] = await Promise.all([person("Ada"), person("Ben")]);
  expect(await complaints(ada.page)).toEqual([]);
  await startChat(ada.page, ben.handle);
  await say(ada.page, "hello");
  await openChat(ben.page, "Ada");
  await expectTick(ada.page, "hello", "read");
  expect(await complaints(ada.page)).toEqual([]);
  await ada.page.getByRole("button", { name: "Chat info" }).click();
  await expect(ada.page.getByRole("heading", { name: "Contact info" })).toBeVisible();
  expect(await complaints(ada.page)).toEqual([]);
  await ada.page.getByRole("button", { name: "Settings" }).first().click();
  await ada.page.getByRole("button", { name: "Linked devices" }).click();
  await expect(ada.page.getByText("This device", { exact: true })).toBeVisible();
  expect(await complaints(ada.page)).toEqual([]);
});
