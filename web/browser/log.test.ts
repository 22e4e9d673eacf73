import { expect, type Page } from "@playwright/test";
import { galleryOn, sizes, test } from "./gallery.ts";

/** What a log shows: the rows whose part is in its window, with where they begin, in px below its upper edge. */
interface Seen {
  readonly rows: readonly { readonly key: string; readonly top: number; readonly bottom: number }[];
  readonly height: number;
  /** Rows on the page, seen or not. */
  readonly count: number;
  readonly scrollTop: number;
  readonly left: number;
}

const settle = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
  });

const look = (page: Page): Promise<Seen> =>
  page.evaluate(() => {
    const scroller = document.querySelector('[role="log"]')?.parentElement;
    if (scroller === null || scroller === undefined) throw new Error("there is no log");
    const { top: edge, height } = scroller.getBoundingClientRect();
    const all = [...scroller.querySelectorAll<HTMLElement>("[data-key]")];
    const rows = all
      .map((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return { key: row.dataset.key ?? "", top: top - edge, bottom: bottom - edge };
      })
      .filter(({ top, bottom }) => bottom > 0 && top < height);
    const { scrollTop, scrollHeight, clientHeight } = scroller;
    return { rows, height, count: all.length, scrollTop, left: scrollHeight - clientHeight - scrollTop };
  });

const scrollTo = async (page: Page, top: number): Promise<void> => {
  await page.evaluate((to) => {
    const scroller = document.querySelector('[role="log"]')?.parentElement;
    if (scroller !== null && scroller !== undefined) scroller.scrollTop = to;
  }, top);
  await settle(page);
};

/** Presses a button without the mouse going there, and waits until all has come to rest. */
const press = async (page: Page, name: string): Promise<void> => {
  await page.getByRole("button", { name }).evaluate((button: HTMLElement) => {
    button.click();
  });
  await settle(page);
};

/** The first row that begins in the window: what is read, more or less. */
function read({ rows }: Seen): { readonly key: string; readonly top: number } {
  const found = rows.find(({ key, top }) => key !== "head" && top >= 0);
  if (found === undefined) throw new Error("no row begins in the window");
  return found;
}

/** The row stands where it stood. */
function expectStill(before: { readonly key: string; readonly top: number }, after: Seen): void {
  const now = after.rows.find(({ key }) => key === before.key);
  expect(now, `row ${before.key} is in sight`).toBeDefined();
  expect(Math.abs((now?.top ?? Infinity) - before.top), `how far row ${before.key} moved`).toBeLessThanOrEqual(1);
}

/** Rows cover the window without a gap, each after the one before. */
function expectCovered({ rows, height, count }: Seen): void {
  expect(rows.length).toBeGreaterThan(0);
  expect(rows[0]?.top).toBeLessThanOrEqual(16);
  expect(rows.at(-1)?.bottom).toBeGreaterThanOrEqual(height - 16);
  for (const [at, row] of rows.entries()) {
    const next = rows[at + 1];
    if (next !== undefined) expect(Math.abs(next.top - row.bottom)).toBeLessThanOrEqual(0.5);
  }
  expect(count, "rows on the page").toBeLessThan(150);
}

/** A sequence that looks random and is the same each time. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** How far the last row that is in sight in both has moved. */
function moveOf(before: Seen, now: Seen): number {
  const last = before.rows.findLast(({ key }) => now.rows.some((row) => row.key === key));
  return (now.rows.find(({ key }) => key === last?.key)?.top ?? Infinity) - (last?.top ?? 0);
}

/** Waits until the log has moved so far, or to an end, and has come to rest: the wheel does not wait for it. */
async function moved(page: Page, before: Seen, step: number): Promise<Seen> {
  const arrived = (now: Seen): boolean =>
    Math.abs(moveOf(before, now)) > Math.abs(step) - 1 || (step < 0 ? now.scrollTop : now.left) < 1;
  await expect.poll(async () => arrived(await look(page)), { intervals: [10] }).toBe(true);
  await settle(page);
  return look(page);
}

test.use({ ...sizes.desktop, contextOptions: { reducedMotion: "reduce" } });

test("older rows that come above leave what is read where it is", async ({ page, gallery }) => {
  await gallery.show({ story: "VirtualLog/live" });
  for (const top of [9_000, 4_321, 700, 60, 0]) {
    await scrollTo(page, top);
    const before = read(await look(page));
    await press(page, "Older");
    const after = await look(page);
    expectStill(before, after);
    expectCovered(after);
  }
});

test("rows that grow leave what is read where it is", async ({ page, gallery }) => {
  await gallery.show({ story: "VirtualLog/live" });
  for (const top of [9_000, 5_000, 1_234]) {
    await scrollTo(page, top);
    const before = read(await look(page));
    await press(page, "Taller");
    expectStill(before, await look(page));
  }
});

test("at its end the log follows what comes; elsewhere it stays", async ({ page, gallery }) => {
  await gallery.show({ story: "VirtualLog/live" });
  expect((await look(page)).left).toBeLessThanOrEqual(1);
  await press(page, "Newer");
  await press(page, "Taller");
  const end = await look(page);
  expect(end.left).toBeLessThanOrEqual(1);
  expect(end.rows.at(-1)?.key).toBe("302");
  await scrollTo(page, end.scrollTop - 50);
  await press(page, "Newer");
  expect((await look(page)).left, "50 px from the end are at the end").toBeLessThanOrEqual(1);
  const again = await look(page);
  await scrollTo(page, again.scrollTop - 400);
  const before = read(await look(page));
  await press(page, "Newer");
  expectStill(before, await look(page));
});

test("what somebody scrolls counts, however soon after it rows come", async ({ page, gallery }) => {
  await gallery.show({ story: "VirtualLog/live" });
  for (const [top, name] of [
    [5_000, "Older"],
    [5_000, "Newer"],
    [100_000, "Newer"],
  ] as const) {
    await scrollTo(page, top);
    const before = await look(page);
    // The browser tells of it with the next frame.
    await page.getByRole("button", { name }).evaluate((button: HTMLElement) => {
      const scroller = document.querySelector('[role="log"]')?.parentElement;
      scroller?.scrollBy({ top: -300, behavior: "instant" });
      button.click();
    });
    await settle(page);
    expect(Math.abs(moveOf(before, await look(page)) - 300), `${name} at ${top}`).toBeLessThanOrEqual(1);
  }
});

test("rows that come while one scrolls without a pause take nothing from it", async ({ page, gallery }) => {
  await gallery.show({ story: "VirtualLog/live" });
  await scrollTo(page, 6_000);
  const before = await look(page);
  await page.evaluate(async () => {
    const scroller = document.querySelector('[role="log"]')?.parentElement;
    const buttons = [...document.querySelectorAll("button")];
    for (let step = 0; step < 40; step++) {
      scroller?.scrollBy({ top: -10, behavior: "instant" });
      buttons.find(({ textContent }) => textContent === ["Older", "Newer"][step % 2])?.click();
      // Now before the browser has told of it, and now after.
      if (step % 3 === 0) await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  });
  await settle(page);
  const now = await look(page);
  expect(Math.abs(moveOf(before, now) - 400)).toBeLessThanOrEqual(1);
  expectCovered(now);
});

test("the way to the end leads there, whatever comes on it", async ({ browser }) => {
  const context = await browser.newContext({ ...sizes.desktop, reducedMotion: "no-preference" });
  const page = await context.newPage();
  await galleryOn(page).show({ story: "VirtualLog/live" });
  const { scrollTop } = await look(page);
  await scrollTo(page, scrollTop - 700);
  await page.evaluate(async () => {
    const press = (text: string): void => {
      [...document.querySelectorAll("button")].find(({ textContent }) => textContent === text)?.click();
    };
    press("To the end");
    for (const text of ["Newer", "Taller", "Newer"]) {
      for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
      press(text);
    }
  });
  await expect.poll(async () => (await look(page)).left).toBeLessThanOrEqual(1);
  expect((await look(page)).rows.at(-1)?.key).toBe("305");
  // And what comes then is followed.
  await press(page, "Newer");
  expect((await look(page)).left).toBeLessThanOrEqual(1);
  await context.close();
});

test("another width and another size of text leave what is read where it is", async ({ page, gallery }) => {
  await gallery.show({ story: "MessageLog/many" });
  await scrollTo(page, 100_000);
  const before = read(await look(page));
  await page.setViewportSize({ width: 700, height: 900 });
  await settle(page);
  expectStill(before, await look(page));
  await page.evaluate(() => {
    document.documentElement.style.fontSize = "150%";
  });
  await settle(page);
  expectStill(before, await look(page));
  await page.evaluate(() => {
    document.documentElement.style.fontSize = "";
  });
  await page.setViewportSize({ width: 1440, height: 900 });
  await settle(page);
  expectStill(before, await look(page));
});

test("10,000 messages: wherever one jumps, the window is full of messages in their order", async ({
  page,
  gallery,
}) => {
  test.slow();
  await gallery.show({ story: "MessageLog/many" });
  const number = (key: string): number => Number(key.replace("long", ""));
  const { scrollTop: end, rows } = await look(page);
  expect(number(rows.at(-1)?.key ?? "")).toBe(10_000);
  const random = numbers(7);
  for (let jump = 0; jump < 40; jump++) {
    await scrollTo(page, Math.round(end * (random.next().value ?? 0)));
    const seen = await look(page);
    expectCovered(seen);
    const keys = seen.rows.map(({ key }) => number(key));
    expect(keys).toEqual(keys.map((_, at) => (keys[0] ?? 0) + at));
  }
  await scrollTo(page, 0);
  expect(number((await look(page)).rows[0]?.key ?? "")).toBe(1);
});

test("10,000 messages: with the wheel up and down again, no message is skipped and none moves by itself", async ({
  page,
  gallery,
}) => {
  test.slow();
  await gallery.show({ story: "long/conversation" });
  await page.mouse.move(900, 450);
  const seen = new Set<number>();
  const number = (key: string): number => Number(/^long(\d+)$/u.exec(key)?.[1] ?? NaN);
  let before = await look(page);
  for (const step of [...Array<number>(60).fill(-600), ...Array<number>(60).fill(600)]) {
    await page.mouse.wheel(0, step);
    const now = await moved(page, before, step);
    for (const { key } of now.rows) if (!Number.isNaN(number(key))) seen.add(number(key));
    // What was in sight and still is has moved with the wheel, and only so.
    const atEnd = (step < 0 ? now.scrollTop : now.left) < 1;
    const move = moveOf(before, now);
    if (!atEnd) expect(Math.abs(move + step)).toBeLessThanOrEqual(1);
    else expect(Math.abs(move)).toBeLessThanOrEqual(Math.abs(step) + 1);
    before = now;
  }
  const sorted = [...seen].sort((left, right) => left - right);
  expect(sorted.at(-1)).toBe(10_000);
  expect(sorted[0]).toBeLessThan(9_700);
  expect(sorted).toEqual(sorted.map((_, at) => (sorted[0] ?? 0) + at));
});

test("a conversation that was left is found again where it was", async ({ page, gallery }) => {
  await gallery.show({ story: "long/conversation" });
  await page.mouse.move(900, 450);
  await page.mouse.wheel(0, -1_500);
  await settle(page);
  const before = read(await look(page));
  await page.locator("a[data-row]", { hasText: "Theo" }).click();
  await expect(page.getByRole("button", { name: "Theo, open info" })).toBeVisible();
  await page.locator("a[data-row]", { hasText: "(10000)" }).click();
  await expect(page.getByRole("button", { name: "Jump to latest" })).toBeVisible();
  await settle(page);
  expectStill(before, await look(page));
});

test("a message that is taller than the window is read when its end is in sight", async ({ page, gallery }) => {
  await gallery.show({ story: "long/message" });
  const row = page.locator("a[data-row][aria-current]");
  await expect(row).toHaveAccessibleName(/, 1 unread,/u);
  await scrollTo(page, 1_000_000);
  await expect(row).not.toHaveAccessibleName(/unread/u);
});

test("arrows go from message to message, beyond what is on the page", async ({ page }) => {
  const gallery = galleryOn(page);
  await gallery.show({ story: "long/conversation" });
  await page.getByRole("article").last().focus();
  const focused = (): Promise<string | undefined> =>
    page.evaluate(() => document.activeElement?.closest<HTMLElement>("[data-key]")?.dataset.key);
  expect(await focused()).toBe("long10000");
  for (let at = 9_999; at > 9_960; at--) {
    await page.keyboard.press("ArrowUp");
    await expect.poll(focused, { intervals: [10] }).toBe(`long${at}`);
    await expect(page.locator(":focus")).toBeInViewport();
  }
  await page.keyboard.press("End");
  await expect.poll(focused, { intervals: [10] }).toBe("long10000");
  await expect(page.locator(":focus")).toBeInViewport();
  expect(gallery.wrong).toEqual([]);
});

test("a conversation opens with what is unread in sight, and stays there in windows of other sizes", async ({
  page,
  gallery,
}) => {
  await gallery.show({ story: "MessageLog/unread" });
  const opened = await look(page);
  const divider = opened.rows.find(({ key }) => key === "unread");
  expect(Math.abs((divider?.top ?? Infinity) - opened.height / 3)).toBeLessThanOrEqual(2);
  const before = read(opened);
  for (const width of [1_300, 1_100, 900, 700, 500, 800, 1_200]) {
    await page.setViewportSize({ width, height: 700 + (width % 300) });
  }
  await settle(page);
  const after = await look(page);
  expectStill(before, after);
  expectCovered(after);
});

test("with Page Up and Page Down one reads on where one was", async ({ page, gallery }) => {
  await gallery.show({ story: "long/conversation" });
  await page.getByRole("article").last().focus();
  for (const [key, sign] of [...Array<[string, number]>(8).fill(["PageUp", 1]), ["PageDown", -1] as const]) {
    const before = await look(page);
    await page.keyboard.press(key);
    await expect
      .poll(async () => sign * moveOf(before, await look(page)), { intervals: [10] })
      .toBeGreaterThan(before.height / 2);
    await expect
      .poll(async () => {
        const one = await look(page);
        await settle(page);
        return moveOf(one, await look(page));
      })
      .toBe(0);
    const now = await look(page);
    // A line or two of what was read is still there.
    expect(sign * moveOf(before, now)).toBeLessThan(before.height);
    expectCovered(now);
  }
});

test("arrows and Tab begin with what is in sight", async ({ page, gallery }) => {
  await gallery.show({ story: "long/conversation" });
  await page.mouse.move(900, 450);
  await page.mouse.wheel(0, -1_800);
  await expect.poll(async () => (await look(page)).left, { intervals: [10] }).toBeGreaterThan(1_700);
  const stop = page.locator('[role="article"][tabindex="0"]');
  await expect(stop).toBeInViewport();
  const before = await look(page);
  await page.getByRole("button", { name: "Chat info" }).focus();
  await page.keyboard.press("Tab");
  await expect(stop).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(page.locator(":focus")).toBeInViewport();
  expect(Math.abs(moveOf(before, await look(page)))).toBeLessThan(before.height / 2);
});

test("who says something while reading further up sees it", async ({ page, gallery }) => {
  await gallery.show({ story: "long/conversation" });
  await page.mouse.move(900, 450);
  await page.mouse.wheel(0, -1_800);
  await expect.poll(async () => (await look(page)).left, { intervals: [10] }).toBeGreaterThan(1_700);
  await page.getByRole("textbox", { name: "Message" }).click();
  await page.keyboard.type("here it is");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("article").filter({ hasText: "here it is" })).toBeInViewport();
  await expect.poll(async () => (await look(page)).left).toBeLessThanOrEqual(1);
});
