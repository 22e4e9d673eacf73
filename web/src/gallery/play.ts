import { de } from "../i18n/de.ts";
import { en, type Catalogue } from "../i18n/en.ts";

const patience = 3_000;

/** The words of the page, in its language. */
export const words = (): Catalogue => (document.documentElement.lang === "de" ? de : en);

/** The clock of the app that is shown: it stands still unless somebody lets time pass. */
export const storyClock: { advance: (ms: number) => void } = { advance: () => undefined };

/** Waits until something is there, frame by frame. */
export async function until<T>(look: () => T | null | undefined, what: string): Promise<T> {
  const end = performance.now() + patience;
  for (;;) {
    const found = look();
    if (found !== null && found !== undefined) return found;
    if (performance.now() > end) throw new Error(`there is no ${what}`);
    await new Promise((resolve) => {
      requestAnimationFrame(resolve);
    });
  }
}

const visible = (element: Element): boolean => element.checkVisibility({ visibilityProperty: true });

/** Lets so many frames be painted. */
export async function frames(count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    await new Promise((resolve) => {
      requestAnimationFrame(resolve);
    });
  }
}

/** What is read out of an element: its `aria-label`, else its text without what is for the eye alone. */
function nameOf(element: Element): string {
  const label = element.getAttribute("aria-label");
  if (label !== null) return label;
  const copy = element.cloneNode(true) as Element;
  for (const silent of copy.querySelectorAll('[aria-hidden="true"]')) silent.remove();
  return copy.textContent;
}

/** The element with this name: its `aria-label`, else its text; exactly, or beginning with it. */
export function named(selector: string, name: string): Promise<HTMLElement> {
  return until(() => {
    const all = [...document.querySelectorAll<HTMLElement>(selector)].filter(visible);
    return all.find((one) => nameOf(one).trim() === name) ?? all.find((one) => nameOf(one).trim().startsWith(name));
  }, `${selector} “${name}”`);
}

export async function press(selector: string, name: string): Promise<void> {
  (await named(selector, name)).click();
}

/** A right click in the middle of something, or so far from its upper left. */
export async function openMenu(
  selector: string,
  name: string,
  offset?: { readonly x: number; readonly y: number },
): Promise<void> {
  const element = await named(selector, name);
  const { left, top, width, height } = element.getBoundingClientRect();
  const [x, y] = offset === undefined ? [width / 2, height / 2] : [offset.x, offset.y];
  element.dispatchEvent(
    new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX: left + x, clientY: top + y }),
  );
}

/** Writes into a field as React sees it. */
export async function type(selector: string, text: string): Promise<void> {
  const field = await until(() => {
    const found = document.querySelector(selector);
    return found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement ? found : undefined;
  }, selector);
  field.focus();
  const prototype = field instanceof HTMLInputElement ? HTMLInputElement.prototype : HTMLTextAreaElement.prototype;
  const value = Object.getOwnPropertyDescriptor(prototype, "value");
  value?.set?.call(field, text);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
