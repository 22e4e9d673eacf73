import { expect, test } from "vitest";
import { source } from "../base/signal.ts";
import { fakePlatform } from "./fake/platform.ts";
import { languageOf, lookModel, recalledLook, type Look, type LookModel } from "./look.ts";

const usual = recalledLook(fakePlatform());
const keptAs = (text: string): Look => recalledLook(fakePlatform({ kept: { look: text } }));

function made(): { readonly model: LookModel; readonly applied: Look[]; readonly again: () => Look } {
  const platform = fakePlatform();
  const applied: Look[] = [];
  const model = lookModel(platform, source(false), (look) => applied.push(look));
  return { model, applied, again: () => recalledLook(platform) };
}

test("what was chosen is there with the next start", () => {
  const { model, again } = made();
  model.appearanceActions.setTheme("dark");
  model.appearanceActions.setTextSize(4);
  model.appearanceActions.setRipples(false);
  model.appearanceActions.setLessMotion(false);
  model.appearanceActions.setEnterSends(false);
  model.change({ language: "de", notify: false, notifyPreview: false, notifySound: false });
  expect(again()).toEqual({
    theme: "dark",
    textSize: 4,
    ripples: false,
    lessMotion: false,
    enterSends: false,
    language: "de",
    notify: false,
    notifyPreview: false,
    notifySound: false,
  });
});

test("a look is on the page from the beginning, and with each change", () => {
  const { model, applied } = made();
  model.appearanceActions.setTheme("dark");
  expect(applied.map(({ theme }) => theme)).toEqual(["system", "dark"]);
});

test("the system's choice can be taken again", () => {
  const { model, again } = made();
  model.appearanceActions.setTheme("dark");
  model.appearanceActions.setTheme("system");
  expect(again().theme).toBe("system");
});

test("motion is as the system wants it until one has chosen", () => {
  const system = source(false);
  const model = lookModel(fakePlatform(), system, () => undefined);
  const less = (): boolean => model.appearance.get().lessMotion;
  expect(less()).toBe(false);
  system.set(true);
  expect(less()).toBe(true);
  model.appearanceActions.setLessMotion(false);
  expect(less()).toBe(false);
  expect(model.appearance.get().systemLessMotion).toBe(true);
});

test.each(["", "{", "null", '"dark"', "[]"])("what was kept as %j is no look, so it is the usual one", (text) => {
  expect(keptAs(text)).toEqual(usual);
});

test.each([
  { theme: "sepia" },
  { language: "fr" },
  { textSize: -1 },
  { textSize: 6 },
  { textSize: "2" },
  { ripples: "no" },
  { lessMotion: null },
])("of %j nothing is taken", (kept) => {
  expect(keptAs(JSON.stringify(kept))).toEqual(usual);
});

test("what is well-formed is taken, whatever stands beside it", () => {
  expect(keptAs(JSON.stringify({ theme: "light", textSize: 9, ripples: false }))).toEqual({
    ...usual,
    theme: "light",
    ripples: false,
  });
});

test("a size between two is one of them", () => {
  expect(keptAs(JSON.stringify({ textSize: 3.4 })).textSize).toBe(3);
});

test("a language that was chosen goes before that of the system", () => {
  expect(languageOf("system", "de")).toBe("de");
  expect(languageOf("en", "de")).toBe("en");
});
