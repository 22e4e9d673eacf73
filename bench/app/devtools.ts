import type { Browser, CDPSession, Page } from "@playwright/test";

/** Memory that a page or a worker uses after a collection, in bytes: of the script, of the page's own objects, of buffers. */
export async function memoryOf(send: Send): Promise<number> {
  await send("HeapProfiler.enable");
  // What the first frees by its finalizers the next takes.
  for (let times = 0; times < 3; times++) await send("HeapProfiler.collectGarbage");
  const { usedSize, embedderHeapUsedSize, backingStorageSize } = await send("Runtime.getHeapUsage");
  return usedSize + embedderHeapUsedSize + backingStorageSize;
}

export interface HeapUsage {
  readonly usedSize: number;
  readonly embedderHeapUsedSize: number;
  readonly backingStorageSize: number;
}

export type Send = (
  method: "HeapProfiler.enable" | "HeapProfiler.collectGarbage" | "Runtime.getHeapUsage",
) => Promise<HeapUsage>;

interface Answer {
  readonly id?: number;
  readonly result?: HeapUsage;
  readonly error?: { readonly message: string };
}

/** The browser's developer tools on a page. */
export async function pageTools(page: Page): Promise<Send> {
  const session = await page.context().newCDPSession(page);
  return (method) => session.send(method) as Promise<HeapUsage>;
}

/** The same on the shared worker, of which there must be one; Playwright knows pages only. */
export async function workerTools(browser: Browser): Promise<Send> {
  const root = await browser.newBrowserCDPSession();
  const { targetInfos } = await root.send("Target.getTargets");
  const [worker, ...others] = targetInfos.filter(({ type }) => type === "shared_worker");
  if (worker === undefined || others.length > 0) throw new Error("there is not one shared worker");
  const { sessionId } = await root.send("Target.attachToTarget", { targetId: worker.targetId, flatten: false });
  let last = 0;
  return (method) => askTarget(root, sessionId, { id: ++last, method });
}

function askTarget(root: CDPSession, sessionId: string, asked: { id: number; method: string }): Promise<HeapUsage> {
  return new Promise((resolve, reject) => {
    const heard = (event: { readonly sessionId: string; readonly message: string }): void => {
      const { id, result, error } = JSON.parse(event.message) as Answer;
      if (event.sessionId !== sessionId || id !== asked.id) return;
      root.off("Target.receivedMessageFromTarget", heard);
      if (result === undefined) reject(new Error(error?.message ?? "an answer without a result"));
      else resolve(result);
    };
    root.on("Target.receivedMessageFromTarget", heard);
    root.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify(asked) }).catch(reject);
  });
}
