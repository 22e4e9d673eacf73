import { watchForLast } from "./inPage.ts";
import { textOf } from "./texts.ts";
import { openWorld, read } from "./world.ts";
import { tasksOf } from "./trace.ts";
import { writeFileSync } from "node:fs";
let nth = 0;
const world = await openWorld(process.env.ROOT ? { "web.root": process.env.ROOT } : {});
const few = 400;
for (let at = 1; at <= 30; at++) {
  const group = await world.bot.client.createGroup({ name: `Group ${at}`, members: [world.account] });
  await world.bot.say(group, [textOf(1), textOf(2), textOf(3)]);
}
const filled = await world.open(world.address);
await world.tell(filled, 1, few);
await world.keepStill(filled); await filled.close();
const rates = (process.env.RATES ?? "4,4,4,1,1").split(",").map(Number);
for (const rate of rates) {
  await world.leave(); let tools: any; const browser = world.browser;
  const app = await world.open("about:blank", async (page, devtools) => {
    await page.addInitScript(watchForLast, textOf(few));
    await page.addInitScript(() => {
      const marks: [number, string][] = ((window as any).marks = []);
      const W = SharedWorker;
      (window as any).SharedWorker = class extends W { constructor(a: any, b: any) { super(a, b); marks.push([performance.now(), "worker asked"]); 
        this.port.addEventListener("message", (e: MessageEvent) => { if (marks.length < 25) marks.push([performance.now(), "msg " + JSON.stringify(e.data).slice(0, 90)]); }); } };
      const seen = new Set<string>();
      const look = () => { for (const [n, q] of [["opening","#root *"],["list","a[data-row]"],["log",'[role="log"]'],["msg","[data-text]"]] as const) if (!seen.has(n) && document.querySelector(q)) { seen.add(n); marks.push([performance.now(), "dom " + n]); } };
      new MutationObserver(look).observe(document, { childList: true, subtree: true });
    });
    await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
    tools = devtools;
    if (process.env.PROFILE) { await devtools.send("Profiler.enable"); await devtools.send("Profiler.setSamplingInterval", { interval: 200 }); await devtools.send("Profiler.start"); }
    if (rate > 1) await devtools.send("Emulation.setCPUThrottlingRate", { rate });
  });
  if (process.env.TRACE) await browser.startTracing(app, { categories: ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel", "v8", "disabled-by-default-v8.compile","blink.user_timing","loading","ServiceWorker"] });
  await app.goto(world.address);
  const at = await read(app);
  if (process.env.TRACE) { writeFileSync(process.env.TRACE, await browser.stopTracing()); }
  if (process.env.PROFILE) writeFileSync(process.env.PROFILE + nth++, JSON.stringify((await tools.send("Profiler.stop")).profile));
  const m = Object.fromEntries((await tools.send("Performance.getMetrics")).metrics.map((x: any) => [x.name, x.value]));
  console.log("RATE", rate, "readable", at, ...["TaskDuration","ScriptDuration","V8CompileDuration","LayoutDuration","RecalcStyleDuration","TaskOtherDuration","DevToolsCommandDuration","ThreadTime","Nodes"].map((k) => `${k} ${k==="Nodes"?m[k]:(m[k]*1000).toFixed(0)}`));
  if (process.env.SHORT) { await app.close(); continue; }
  console.log(await app.evaluate(() => {
    const nav = performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming;
    const out = [`worker ${nav.workerStart} fetch ${nav.fetchStart} resp ${nav.responseStart} ${nav.responseEnd} interactive ${nav.domInteractive} dcl ${nav.domContentLoadedEventStart} load ${nav.loadEventEnd}`];
    for (const r of performance.getEntriesByType("resource") as PerformanceResourceTiming[]) out.push(`${r.startTime.toFixed(0)} ${r.workerStart.toFixed(0)} ${r.responseStart.toFixed(0)} ${r.responseEnd.toFixed(0)} ${r.name.replace(location.origin,"")}`);
    for (const p of performance.getEntriesByType("paint")) out.push(`${p.name} ${p.startTime}`);
    for (const [t, m] of (window as any).marks) out.push(`${t.toFixed(0)} ${m}`);
    return out.join("\n");
  }));
  await app.close();
}
for (let n = 0; n < 3; n++) { await world.leave(); let tools: any;
  const app = await world.open(world.still, async (page, devtools) => {
    tools = devtools; await page.addInitScript(watchForLast, textOf(few));
    await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 }); });
  const at = await read(app);
  const m = Object.fromEntries((await tools.send("Performance.getMetrics")).metrics.map((x: any) => [x.name, x.value]));
  console.log("STATIC", at, ...["TaskDuration","ScriptDuration","LayoutDuration","RecalcStyleDuration","TaskOtherDuration","ThreadTime","Nodes"].map((k) => `${k} ${k==="Nodes"?m[k]:(m[k]*1000).toFixed(0)}`));
  await app.close(); }
await world.close();
