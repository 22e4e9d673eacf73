import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, signUp, test } from "./test.ts";
import { openSite, root } from "./site.ts";

/** Puts another build into a folder: another page, and the service worker that keeps it. */
function nextBuild(folder: string): void {
  const page = readFileSync(join(folder, "index.html"), "utf8").replace(
    "<title>",
    '<meta name="build" content="next" /><title>',
  );
  const script = readFileSync(join(folder, "sw.js"), "utf8")
    .replace(
      /(\{"path":"\/index\.html","integrity":")[^"]*/u,
      (_, before: string) => `${before}sha256-${createHash("sha256").update(page).digest("base64")}`,
    )
    .replace(/"[0-9a-f]{16}"/u, '"nextnextnextnext"');
  for (const [name, text] of [
    ["index.html", page],
    ["sw.js", script],
  ] as const) {
    writeFileSync(join(folder, name), text);
    for (const coding of ["br", "gz"]) rmSync(join(folder, `${name}.${coding}`), { force: true });
  }
}

test("a new build waits until it is wanted, and then is in all tabs", async ({ browser }) => {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-app-"));
  cpSync(root, folder, { recursive: true });
  const site = await openSite({ "web.root": folder });
  const context = await browser.newContext();
  const page = await context.newPage();
  await signUp(page, site.invite, "Ada", "ada");
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const other = await context.newPage();
  await other.goto(site.url);

  nextBuild(folder);
  await site.server.kill();
  await site.server.start();
  const build = (of: typeof page): Promise<string | null> =>
    of.evaluate(() => document.querySelector('meta[name="build"]')?.getAttribute("content") ?? null);
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
  });
  const reload = page.getByRole("button", { name: "Reload" });
  await expect(reload).toBeVisible();
  expect(await build(page)).toBeNull();
  await reload.click();
  for (const one of [page, other]) await expect.poll(() => build(one).catch(() => null)).toBe("next");
  await expect(page.getByRole("navigation", { name: "Chats" })).toBeVisible();

  await context.close();
  await site.close();
  rmSync(folder, { recursive: true });
});
