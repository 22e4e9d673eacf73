/** What runs in a page: each function is given to it as its text, and may use nothing from outside of itself. */

declare global {
  interface Window {
    /** When the text was read, in milliseconds since somebody asked for the page. */
    readAt?: Promise<number>;
    /** How long a message took from Enter on, in milliseconds: until the page said so, and until the screen did. */
    tick?: Promise<{ readonly inPage: number; readonly onScreen: number }>;
    /** Rows of a log that were on the page, from the first. */
    rows?: string[];
  }
}

/**
 * From now on `readAt` is when the text stands in the window of the log as its last, with the log at its end: after the first
 * frame in which that is so.
 */
export function watchForLast(text: string): void {
  const isRead = (): boolean => {
    const log = document.querySelector('[role="log"]');
    const last = [...(log?.querySelectorAll("[data-text]") ?? [])].at(-1);
    const scroller = log?.parentElement;
    if (last?.textContent !== text || scroller === null || scroller === undefined) return false;
    const { top, bottom } = scroller.getBoundingClientRect();
    const place = last.getBoundingClientRect();
    return place.top >= top && place.bottom <= bottom && place.height > 0;
  };
  window.readAt = new Promise((resolve) => {
    const look = (): void => {
      if (!isRead()) {
        requestAnimationFrame(look);
        return;
      }
      // Its turn comes once this frame has been laid out and painted.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        resolve(performance.now());
      };
      port2.postMessage(undefined);
    };
    requestAnimationFrame(look);
  });
}

/** From now on `tick` is how long it took from Enter until a text stands in the log with the tick of what the server has. */
export function watchForTick(text: string): void {
  let pressed = Infinity;
  addEventListener(
    "keydown",
    ({ key, timeStamp }) => {
      if (key === "Enter") pressed = Math.min(pressed, timeStamp);
    },
    { capture: true },
  );
  const log = document.querySelector('[role="log"]');
  if (log === null) throw new Error("there is no log");
  const isSent = (): boolean => {
    const last = [...log.querySelectorAll("[data-message]")].findLast(
      (one) => one.querySelector("[data-text]")?.textContent === text,
    );
    return last?.querySelector('[data-state="sent"], [data-state="delivered"], [data-state="read"]') instanceof Element;
  };
  window.tick = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!isSent()) return;
      observer.disconnect();
      const inPage = performance.now() - pressed;
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          resolve({ inPage, onScreen: performance.now() - pressed });
        };
        port2.postMessage(undefined);
      });
    });
    observer.observe(log, { subtree: true, childList: true, attributes: true, characterData: true });
  });
}

/** On a page without scripts: Enter puts what stands in the field at the log's end, as a copy of its last message. */
export function answerEnter(): void {
  const log = document.querySelector('[role="log"]');
  const field = document.querySelector("textarea");
  const rows = [...(log?.querySelectorAll("[data-key]") ?? [])];
  const row = rows.findLast((one) => one.querySelector("[data-state]") !== null);
  if (row === undefined || field === null) throw new Error("there is no message of one's own");
  addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const copy = row.cloneNode(true) as Element;
    const text = copy.querySelector("[data-text]");
    if (text !== null) text.textContent = field.value;
    field.value = "";
    const after = [...(log?.querySelectorAll("[data-key]") ?? [])].at(-1);
    after?.after(copy);
    copy.scrollIntoView({ block: "end" });
  });
}

/** The page as it stands, without scripts: what is before the rows of the log, these, and what is after them. */
export function withoutScripts(): {
  readonly before: string;
  readonly rows: readonly string[];
  readonly after: string;
} {
  const copy = document.documentElement.cloneNode(true) as HTMLElement;
  for (const one of copy.querySelectorAll('script, link[rel="modulepreload"], link[rel="manifest"]')) one.remove();
  const rows = [...copy.querySelectorAll('[role="log"] > [data-key]')];
  const place = document.createComment("rows");
  rows[0]?.before(place);
  for (const row of rows) row.remove();
  // Heights of rows that are not on the page: without scripts nobody puts these there.
  const spaces = [...copy.querySelectorAll<HTMLElement>('[role="log"] > *')];
  for (const space of spaces) space.style.height = "0";
  // Opened at this the page shows the end of the log.
  spaces.at(-1)?.setAttribute("id", "last");
  const [before = "", after = ""] = copy.outerHTML.split("<!--rows-->");
  return { before: `<!doctype html>\n${before}`, rows: rows.map(({ outerHTML }) => outerHTML), after };
}

/** From now on `rows` are all that come onto the page while the log is scrolled up. */
export function collectRows(): void {
  const log = document.querySelector('[role="log"]');
  if (log === null) throw new Error("there is no log");
  const known = new Set<string>();
  window.rows = [];
  const look = (): void => {
    const all = [...log.querySelectorAll<HTMLElement>("[data-key]")];
    const news = all.filter(({ dataset }) => !known.has(dataset.key ?? ""));
    for (const { dataset } of news) known.add(dataset.key ?? "");
    window.rows?.unshift(...news.map(({ outerHTML }) => outerHTML));
  };
  new MutationObserver(look).observe(log, { childList: true });
  look();
}

/** Whether the log stands at its beginning. */
export function hasBegun(first: string): boolean {
  const log = document.querySelector('[role="log"]');
  return log?.querySelector("[data-text]")?.textContent === first && (log.parentElement?.scrollTop ?? 1) < 1;
}

/** The network is back; when that was. */
export function comeBack(): number {
  const now = performance.now();
  dispatchEvent(new Event("online"));
  return now;
}
