import type { Catalogue } from "./en.ts";

export type Locale = "en" | "de";

/** How exactly a time is known. */
export type Exactness = "minute" | "day";

/** How times are written in one language. All of them are in the reader's own time zone. */
export interface Format {
  /** `09:41` */
  time(ms: number): string;
  /** In the list: `09:41`, Yesterday, Sunday, 14 Nov, 14 Nov 2024. */
  short(ms: number, now: number): string;
  /** Above a day's messages: Today, Yesterday, Sunday, 14 November, 14 November 2024. */
  day(ms: number, now: number): string;
  /** Within a sentence: today at 09:41, on 14 November; without the minutes where they are not known: today. */
  when(ms: number, now: number, exactness?: Exactness): string;
  /** `Saturday, 22 November 2025 at 09:41` */
  full(ms: number): string;
  /** `2 March` */
  date(ms: number, now: number): string;
  year(ms: number): string;
  /** Minutes and seconds: `0:42`. */
  duration(seconds: number): string;
}

const tags: Record<Locale, string> = { en: "en-GB", de: "de-DE" };

/** A count. Small ones, which the page is full of when it opens, need none of the browser's tables of a language. */
export function countOf(value: number, locale: Locale): string {
  return Number.isInteger(value) && value >= 0 && value < 1000 ? `${value}` : value.toLocaleString(tags[locale]);
}

/** Both languages write it so; every message has one, and the browser's own way costs more than the rest of the message. */
function time(ms: number): string {
  const date = new Date(ms);
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}

/** Midnights between two times; positive if `ms` is before `now`. */
function daysBefore(ms: number, now: number): number {
  const midnight = (time: number): number => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(ms)) / 86_400_000);
}

export function formatOf(locale: Locale, words: Catalogue): Format {
  const written = (options: Intl.DateTimeFormatOptions): ((ms: number) => string) => {
    // Made when it is first wanted: each takes the time of some hundred calls, and most are wanted seldom.
    let format: Intl.DateTimeFormat | undefined;
    return (ms) => (format ??= new Intl.DateTimeFormat(tags[locale], options)).format(ms);
  };
  const weekday = written({ weekday: "long" });
  const shortDate = written({ day: "numeric", month: "short" });
  const shortDateYear = written({ day: "numeric", month: "short", year: "numeric" });
  const longDate = written({ day: "numeric", month: "long" });
  const longDateYear = written({ day: "numeric", month: "long", year: "numeric" });
  const full = written({ dateStyle: "full" });
  const year = written({ year: "numeric" });

  const sameYear = (ms: number, now: number): boolean => new Date(ms).getFullYear() === new Date(now).getFullYear();
  const date = (ms: number, now: number): string => (sameYear(ms, now) ? longDate(ms) : longDateYear(ms));

  return {
    time,
    short: (ms, now) => {
      const days = daysBefore(ms, now);
      if (days <= 0) return time(ms);
      if (days === 1) return words.when.yesterday;
      if (days < 7) return weekday(ms);
      return sameYear(ms, now) ? shortDate(ms) : shortDateYear(ms);
    },
    day: (ms, now) => {
      const days = daysBefore(ms, now);
      if (days <= 0) return words.when.today;
      if (days === 1) return words.when.yesterday;
      return days < 7 ? weekday(ms) : date(ms, now);
    },
    when: (ms, now, exactness = "minute") => {
      const days = daysBefore(ms, now);
      const day = exactness === "day";
      if (days <= 0) return day ? words.when.someTimeToday : words.when.todayAt(time(ms));
      if (days === 1) return day ? words.when.someTimeYesterday : words.when.yesterdayAt(time(ms));
      return words.when.on(days < 7 ? weekday(ms) : date(ms, now));
    },
    full: (ms) => words.when.dayAt(full(ms), time(ms)),
    date,
    year,
    duration: (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`,
  };
}
