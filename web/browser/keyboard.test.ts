import { expect, type Page } from "@playwright/test";
import { sizes, test, type Gallery } from "./gallery.ts";

/** What has the focus: its role and name, as somebody would call it. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return "nothing";
    const role = element.getAttribute("role") ?? { A: "link", BUTTON: "button" }[element.tagName] ?? "field";
    const copy = element.cloneNode(true) as Element;
    for (const silent of copy.querySelectorAll('[aria-hidden="true"]')) silent.remove();
    return `${role} ${element.getAttribute("aria-label") ?? copy.textContent}`.trim();
  });

/** In which pane the focus is. */
const pane = (page: Page): Promise<string | null | undefined> =>
  page.evaluate(() => document.activeElement?.closest("[data-pane]")?.getAttribute("aria-label"));

const tabs = async (page: Page, most: number): Promise<string[]> => {
  const found: string[] = [];
  for (let at = 0; at < most; at++) {
    await page.keyboard.press("Tab");
    found.push(await focused(page));
  }
  return found;
};

const row = (page: Page, title: string) => page.locator(`a[data-row][aria-label^="${title},"]`);

test.use({ ...sizes.desktop, contextOptions: { reducedMotion: "reduce" } });

test("Tab goes through list, conversation and info, each with one stop for its rows", async ({ page, gallery }) => {
  await gallery.show({ story: "screens/f-info" });
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  await page.getByRole("button", { name: "Settings" }).focus();
  const stops = [await focused(page), ...(await tabs(page, 14))];
  expect(stops.map((stop) => stop.replace(/,.*/u, ""))).toEqual([
    "button Settings",
    "button New chat",
    "field Search",
    "radio All",
    "link Anouk",
    "button Anouk",
    "button Chat info",
    "article You",
    "field Message",
    "button Emoji",
    "button Send",
    "button Close",
    "button Mute",
    "button Pin",
    "button Archive",
  ]);
});

/** Whether one sees that it has the focus, by its ring or by that of what is around it. */
const showsFocus = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return true;
    // In a field that one writes letters in the caret shows it; a slider's ring is around its thumb.
    if (element instanceof HTMLTextAreaElement) return true;
    if (element instanceof HTMLInputElement && element.type === "range") return true;
    const probe = document.createElement("i");
    probe.style.color = getComputedStyle(document.documentElement).getPropertyValue("--c-focus");
    document.body.append(probe);
    const ring = getComputedStyle(probe).color;
    probe.remove();
    const { parentElement: parent } = element;
    const around = [element, element.firstElementChild, parent, parent?.parentElement];
    return around.some((one) => one instanceof Element && getComputedStyle(one).boxShadow.includes(ring));
  });

for (const story of ["f-info", "f-info-group", "i-settings", "g-devices", "e-new-group", "a-welcome", "a-profile"]) {
  test(`what has the focus shows it, on ${story}`, async ({ page, gallery }) => {
    await gallery.show({ story: `screens/${story}` });
    const hidden: string[] = [];
    for (let at = 0; at < 25; at++) {
      await page.keyboard.press("Tab");
      if (!(await showsFocus(page))) hidden.push(await focused(page));
    }
    expect(hidden).toEqual([]);
  });
}

test("arrows move in the list, Enter opens, and the focus goes into the conversation", async ({ page, gallery }) => {
  await gallery.show({ story: "screens/b-list" });
  await row(page, "Allotment rota").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  expect(await focused(page)).toMatch(/^link Anouk,/u);
  await page.keyboard.press("End");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  expect(await focused(page)).toMatch(/^link Flat four,/u);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Message" })).toBeFocused();
  await expect(row(page, "Flat four")).toHaveAttribute("aria-current", /true|page/u);
});

test("F6 goes from pane to pane and around", async ({ page, gallery }) => {
  await gallery.show({ story: "screens/f-info" });
  await row(page, "Anouk").focus();
  const panes = [await pane(page)];
  for (let at = 0; at < 3; at++) {
    await page.keyboard.press("F6");
    panes.push(await pane(page));
  }
  expect(panes).toEqual(["Chats", "Conversation", "Chat info", "Chats"]);
  await page.keyboard.press("Shift+F6");
  expect(await pane(page)).toBe("Chat info");
});

test("Ctrl K, Alt ↓ and Escape work from everywhere", async ({ page, gallery }) => {
  await gallery.show({ story: "screens/f-info" });
  await page.keyboard.press("Control+k");
  expect(await focused(page)).toBe("field Search");
  await page.keyboard.press("Alt+ArrowDown");
  await expect(page.getByRole("button", { name: "Theo, open info" })).toBeVisible();
  await page.getByRole("button", { name: "Theo, open info" }).click();
  await expect(page.getByRole("complementary")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("complementary")).toHaveCount(0);
  await page.keyboard.press("Control+Alt+n");
  await expect(page.getByRole("heading", { name: "New chat" })).toBeVisible();
});

test("a menu is opened, gone through and left by keys, and gives the focus back", async ({ page, gallery }) => {
  await gallery.show({ story: "screens/b-list" });
  await row(page, "Anouk").focus();
  await page.keyboard.press("Shift+F10");
  expect(await focused(page)).toBe("menuitem Mark as unread");
  await page.keyboard.press("ArrowDown");
  expect(await focused(page)).toBe("menuitem Pin");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  expect(await focused(page)).toBe("menuitem Archive");
  await page.keyboard.press("m");
  expect(await focused(page)).toBe("menuitem Mark as unread");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menu")).toHaveCount(0);
  expect(await focused(page)).toMatch(/^link Anouk,/u);
  await page.keyboard.press("Shift+F10");
  await page.keyboard.press("p");
  await page.keyboard.press("Enter");
  await expect(row(page, "Anouk")).toHaveAccessibleName(/pinned/u);
});

test("a question begins on the safe answer, keeps the focus, and gives it back", async ({ page, gallery }) => {
  await gallery.show({ story: "screens/k-confirm" });
  expect(await focused(page)).toBe("button Keep it");
  for (let at = 0; at < 4; at++) {
    await page.keyboard.press("Tab");
    // The browser's own controls are between: what is behind the question never is.
    expect(["button Keep it", "button Delete it", "nothing"]).toContain(await focused(page));
  }
  await page.keyboard.press("Escape");
  await expect(page.getByRole("alertdialog")).toHaveCount(0);
});

test("a message has its menu by keys, too, and gets the focus back", async ({ page, gallery }) => {
  await gallery.show({ story: "screens/c-direct" });
  await page.getByRole("article").last().focus();
  await page.keyboard.press("ArrowUp");
  const before = await focused(page);
  expect(before).toMatch(/^article Anouk, I checked with the seed bank/u);
  await page.keyboard.press("Shift+F10");
  expect(await focused(page)).toMatch(/^menuitem Copy/u);
  await page.keyboard.press("Escape");
  expect(await focused(page)).toBe(before);
});

test("emoji are picked by keys and land where the caret was", async ({ page, gallery }) => {
  await gallery.show({ story: "screens/c-direct" });
  const field = page.getByRole("textbox", { name: "Message" });
  await field.fill("ab");
  await field.press("ArrowLeft");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.getByRole("dialog").getByRole("searchbox").fill("grinning face");
  await page.keyboard.press("Tab");
  while (!(await focused(page)).startsWith("button grinning")) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await expect(field).toHaveValue(/^a\p{Emoji_Presentation}b$/u);
  await expect(field).toBeFocused();
});

async function onPhone(gallery: Gallery, story: string): Promise<void> {
  await gallery.show({ story, size: "phone" });
}

test.describe("on a phone", () => {
  test.use({ ...sizes.phone, contextOptions: { reducedMotion: "reduce" } });
  test("the way back gives the focus to where one came from, and what is covered cannot have it", async ({
    page,
    gallery,
  }) => {
    await onPhone(gallery, "screens/b-list");
    await row(page, "Theo").focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("button", { name: "Theo, open info" })).toBeVisible();
    expect(await pane(page)).not.toBe("Chats");
    await page.getByRole("button", { name: "Back" }).first().focus();
    await page.keyboard.press("Enter");
    await expect(row(page, "Theo")).toBeFocused();
  });
});
