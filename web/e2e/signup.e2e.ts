import { expect, signUp, test } from "./test.ts";

test("an invitation's link leads to name and handle, and in", async ({ browserOf, site }) => {
  const { page } = await browserOf();
  await page.goto(site.invite);
  await expect(page.getByText("You are invited")).toBeVisible();
  await expect(page.getByText(/Not encrypted yet/u).first()).toBeVisible();
  await signUp(page, site.invite, "Mia", "mia-first");
  await expect(page.getByText("Quiet for now")).toBeVisible();
  // Neither the invitation nor a token is in the address, or in what the page may read of the browser's store of words.
  expect(page.url()).toBe(`${site.url}/#/`);
  const kept = await page.evaluate(() => JSON.stringify(localStorage) + JSON.stringify(sessionStorage));
  expect(kept).not.toMatch(/token|[a-z2-7]{52}/u);
});
