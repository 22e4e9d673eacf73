import { chromium } from "@playwright/test";
import { openSite } from "./e2e/site.ts";
const site = await openSite();
const b = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--no-first-run"],
});
for (let i = 0; i < 8; i++) {
  const c = await b.newContext({ locale: "en-GB" });
  const p = await c.newPage();
  p.on("console", (m) => m.text().includes("bluetooth") || console.log("console", m.type(), m.text()));
  p.on("pageerror", (e) => console.log("pageerror", e));
  await p.goto(site.url);
  await p.goto(site.invite);
  await p.getByRole("button", { name: "Accept invitation" }).click();
  await p.getByLabel("Name", { exact: true }).fill("Mia");
  await p.getByLabel("Handle", { exact: true }).fill("mia" + i);
  await p.getByText("Free", { exact: true }).waitFor();
  await p.getByRole("button", { name: "Continue" }).click();
  await p.getByRole("navigation", { name: "Chats" }).waitFor();
  await p.waitForTimeout(i * 250);
  const q = await c.newPage();
  q.on("console", (m) => m.text().includes("bluetooth") || console.log("2 console", m.type(), m.text()));
  q.on("pageerror", (e) => console.log("pageerror", e));
  await q.goto(site.url);
  const ok = await q
    .getByText("Quiet for now")
    .waitFor({ timeout: 5000 })
    .then(
      () => true,
      () => false,
    );
  console.log(
    i,
    ok,
    ok ? "" : await q.locator("body").innerText(),
    JSON.stringify(
      await q.evaluate(async () => ({
        sw: navigator.serviceWorker.controller?.state,
        locks: await navigator.locks
          .query()
          .then((q) => [q.held.map((l) => l.name + l.clientId), q.pending.map((l) => l.name + l.clientId)]),
      })),
    ),
  );
  await c.close();
}
await b.close();
await site.close();
