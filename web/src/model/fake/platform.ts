import { source, type Signal } from "../../base/signal.ts";
import type { Clock, Platform } from "../platform.ts";

/** A clock that stands still until it is moved: everything happens when a test or a story wants it. */
export interface FakeClock extends Clock {
  /** Lets so much time pass, with all that was planned for it. */
  readonly advance: (ms: number) => void;
}

export function fakeClock(start: number): FakeClock {
  let now = start;
  let planned: { readonly at: number; readonly action: () => void }[] = [];
  return {
    now: () => now,
    after: (ms, action) => {
      const entry = { at: now + ms, action };
      planned.push(entry);
      return () => {
        planned = planned.filter((one) => one !== entry);
      };
    },
    advance: (ms) => {
      const until = now + ms;
      for (;;) {
        const next = planned.filter(({ at }) => at <= until).sort((left, right) => left.at - right.at)[0];
        if (next === undefined) break;
        planned = planned.filter((one) => one !== next);
        now = next.at;
        next.action();
      }
      now = until;
    },
  };
}

export interface FakePlatform extends Platform {
  readonly clock: FakeClock;
  readonly copied: string[];
  readonly kept: Map<string, string>;
}

interface Choices {
  readonly now?: number;
  readonly networked?: Signal<boolean>;
  readonly attended?: Signal<boolean>;
  readonly camera?: Platform["camera"];
  readonly kept?: Readonly<Record<string, string>>;
}

/** A browser in memory. */
export function fakePlatform(choices: Choices = {}): FakePlatform {
  const clock = fakeClock(choices.now ?? Date.now());
  const copied: string[] = [];
  const kept = new Map(Object.entries(choices.kept ?? {}));
  return {
    clock,
    copied,
    kept,
    minute: source(Math.floor(clock.now() / 60_000) * 60_000),
    visible: choices.attended ?? source(true),
    attended: choices.attended ?? source(true),
    networked: choices.networked ?? source(true),
    insecure: false,
    host: "larkmoor.example",
    origin: "https://larkmoor.example",
    deviceName: "Firefox on Linux",
    copy: (text) => {
      copied.push(text);
      return Promise.resolve();
    },
    recall: (key) => kept.get(key),
    keep: (key, value) => {
      kept.set(key, value);
    },
    addressOf: (blob) => URL.createObjectURL(blob),
    giveBack: (address) => {
      URL.revokeObjectURL(address);
    },
    shrink: async (file) => new Uint8Array(await file.arrayBuffer()),
    notifications: {
      permission: source<"granted">("granted"),
      ask: () => Promise.resolve(),
      show: () => undefined,
    },
    camera: choices.camera,
  };
}
