import { afterEach, expect, test, vi } from "vitest";
import { de } from "../i18n/de.ts";
import { en } from "../i18n/en.ts";
import { formatOf } from "../i18n/format.ts";
import { lastSeenOf } from "./lastSeen.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const text = (lastSeen: number, now: string, locale: "en" | "de" = "en"): string => {
  const words = locale === "en" ? en : de;
  const { time, exactness } = lastSeenOf(lastSeen);
  return words.chat.lastSeen(formatOf(locale, words).when(time, new Date(now).getTime(), exactness));
};

test("a minute is shown as a minute", () => {
  vi.stubEnv("TZ", "Europe/London");
  expect(text(Date.UTC(2025, 10, 19, 9, 20), "2025-11-19T09:41")).toBe("last seen today at 09:20");
  expect(text(Date.UTC(2025, 10, 18, 21, 10), "2025-11-19T09:41")).toBe("last seen yesterday at 21:10");
});

test.each(["Pacific/Auckland", "Europe/London", "America/Los_Angeles"])(
  "a whole day has no time, and is the same day of the calendar in %s",
  (zone) => {
    vi.stubEnv("TZ", zone);
    const day = (date: number): number => Date.UTC(2025, 10, date);
    expect(text(day(19), "2025-11-19T09:41")).toBe("last seen today");
    expect(text(day(18), "2025-11-19T09:41")).toBe("last seen yesterday");
    expect(text(day(16), "2025-11-19T09:41")).toBe("last seen on Sunday");
    expect(text(day(12), "2025-11-19T09:41")).toBe("last seen on 12 November");
    expect(text(day(18), "2025-11-19T09:41", "de")).toBe("zuletzt da gestern");
  },
);

test("a day that has not yet begun where the reader is, is today", () => {
  vi.stubEnv("TZ", "America/Los_Angeles");
  expect(text(Date.UTC(2025, 10, 20), "2025-11-19T20:00")).toBe("last seen today");
});
