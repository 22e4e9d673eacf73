import { expect, type Locator, type Page } from "@playwright/test";

/** The app as somebody uses it: by what stands on the page. */

/**
 * Puts a text into a field as a person does: Playwright's own `fill` says nothing to the page in Firefox. In a window behind
 * another one Firefox deletes a letter where all of them are selected, and nobody writes there.
 */
export async function write(field: Locator, text: string): Promise<void> {
  await lookAt(field.page());
  await field.click();
  await field.press("ControlOrMeta+a");
  await field.press("Delete");
  if (text !== "") await field.pressSequentially(text);
}

/** Only one window has the focus, and only what somebody looks at is read. */
const lookAt = (page: Page): Promise<void> => page.bringToFront();

/** Opens a chat with somebody by their handle. */
export async function startChat(page: Page, handle: string): Promise<void> {
  await lookAt(page);
  await page.getByRole("button", { name: "New chat" }).first().click();
  await write(page.getByLabel("Name or @handle"), handle);
  await page.getByRole("button", { name: new RegExp(`@${handle}`, "u") }).click();
  await expect(composer(page)).toBeVisible();
}

export const composer = (page: Page): Locator => page.getByRole("textbox", { name: "Message" });

/** The row of a chat in the list. */
export const row = (page: Page, title: string): Locator => page.locator("a[data-row]").filter({ hasText: title });

export async function openChat(page: Page, title: string): Promise<void> {
  await lookAt(page);
  await row(page, title).click();
  await expect(composer(page)).toBeVisible();
}

/** Back to the list of chats, from wherever one is. */
export async function toList(page: Page): Promise<void> {
  const list = page.getByRole("navigation", { name: "Chats" });
  await expect
    .poll(async () => {
      const back = page.getByRole("button", { name: "Back" }).first();
      if (!(await list.isVisible()) && (await back.isVisible())) await back.click();
      return list.isVisible();
    })
    .toBe(true);
}

/** Says something in the chat that is open. */
export async function say(page: Page, text: string): Promise<void> {
  await lookAt(page);
  await write(composer(page), text);
  await page.keyboard.press("Enter");
  await expect(message(page, text)).toHaveCount(1);
}

/** A message of the chat that is open, by what stands in it. */
export const message = (page: Page, text: string): Locator =>
  page.getByRole("article").filter({ has: page.locator("[data-text]").getByText(text, { exact: true }) });

export type Tick = "sending" | "sent" | "delivered" | "read" | "not sent";

/** Waits until a message of one's own has come so far. */
export async function expectTick(page: Page, text: string, tick: Tick | RegExp): Promise<void> {
  await expect(message(page, text).getByRole("img")).toHaveAttribute("aria-label", tick);
}

/** All texts of the chat that is open, as far as they are drawn. */
export async function texts(page: Page): Promise<string[]> {
  return page.getByRole("article").locator("[data-text]").allInnerTexts();
}

/** What scrolls the chat that is open. */
export const scroller = (page: Page): Locator => page.getByRole("log").locator("xpath=..");

/** Goes to the end of the chat that is open. */
export async function toEnd(page: Page): Promise<void> {
  await expect(page.getByRole("log")).toBeVisible();
  const jump = page.getByRole("button", { name: /^Jump to latest/u });
  if (await jump.isVisible()) await jump.click();
  await expect(jump).toHaveCount(0);
}

/** All texts of the chat that is open, in their order: what is drawn on the way from its end to its beginning. */
export async function allTexts(page: Page): Promise<string[]> {
  await toEnd(page);
  let seen: (readonly [key: string, text: string])[] = [];
  const begun = page.getByText(/^Not encrypted yet/u);
  await expect
    .poll(
      async () => {
        const drawn = await page
          .locator("[data-message]")
          .evaluateAll((all) =>
            all.map(
              (one) =>
                [one.getAttribute("data-message") ?? "", one.querySelector("[data-text]")?.textContent ?? ""] as const,
            ),
          );
        seen = [...drawn.filter(([key]) => !seen.some(([known]) => known === key)), ...seen];
        const ended = (await begun.count()) > 0 && (await scroller(page).evaluate(({ scrollTop }) => scrollTop)) === 0;
        await scroller(page).evaluate((log) => {
          log.scrollTop = Math.max(0, log.scrollTop - log.clientHeight / 2);
        });
        return ended;
      },
      { timeout: 60_000, intervals: [20] },
    )
    .toBe(true);
  return seen.map(([, text]) => text);
}
