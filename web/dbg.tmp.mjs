import { chromium } from "@playwright/test";
import { openSite } from "./e2e/site.ts";
const site = await openSite();
const b = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--no-first-run"],
});
const c = await b.newContext({ locale: "en-GB" });
c.on("serviceworker", async (w) => {
  for (let i = 0; i < 6; i++) {
    await new Promise((r) => setTimeout(r, 300));
    console.log(
      "state",
      await w
        .evaluate(() =>
          [registration.installing?.state, registration.waiting?.state, registration.active?.state].join(),
        )
        .catch((e) => String(e)),
    );
  }
  console.log("sw", w.url());
});
c.on("console", (m) => console.log("console", m.type(), m.text()));
const p = await c.newPage();
p.on("console", (m) => console.log("console", m.type(), m.text()));
p.on("pageerror", (e) => console.log("pageerror", e));
await p.goto(site.url);
const sw = await (await fetch(site.url + "/sw.js")).text();
const files = JSON.parse(sw.match(/new Map\((\[.*?\])\.map/)[1]);

console.log(
  await p.evaluate(async (files) => {
    const cache = await caches.open("x");
    for (const { path, integrity, hashed } of files) {
      try {
        const file = await fetch(new Request(path, { integrity, cache: hashed ? "default" : "no-cache" }));
        await cache.put(path, file);
      } catch (e) {
        return path + " " + String(e);
      }
    }
    return "ok";
  }, files),
);
await b.close();
await site.close();
