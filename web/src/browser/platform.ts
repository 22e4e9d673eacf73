import { source, type Signal } from "../base/signal.ts";
import type { Clock, Platform } from "../model/platform.ts";
import { browserCamera } from "./camera.ts";
import { deviceNameOf } from "./deviceName.ts";
import { browserNotifications } from "./notifications.ts";
import { shrinkPicture } from "./shrink.ts";

const prefix = "dunlin.";

/** The browser that this page runs in. */
export function browserPlatform(): Platform {
  return {
    clock: browserClock,
    minute: minutes(browserClock),
    visible: flag(() => !document.hidden, ["visibilitychange"], document),
    attended: attention(),
    networked: flag(() => navigator.onLine, ["online", "offline"]),
    insecure: !isSecureContext,
    host: location.host,
    origin: location.origin,
    deviceName: deviceNameOf(navigator.userAgent),
    copy: (text) => navigator.clipboard.writeText(text),
    recall: (key) => {
      try {
        return localStorage.getItem(prefix + key) ?? undefined;
      } catch {
        return undefined;
      }
    },
    keep: (key, value) => {
      try {
        localStorage.setItem(prefix + key, value);
      } catch {
        // A browser that keeps nothing: it is as it was the next time.
      }
    },
    addressOf: (blob) => URL.createObjectURL(blob),
    giveBack: (address) => {
      URL.revokeObjectURL(address);
    },
    shrink: shrinkPicture,
    notifications: browserNotifications(),
    camera: browserCamera(),
  };
}

const browserClock: Clock = {
  now: () => Date.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

const minute = 60_000;

/** The time to the minute. A page that slept catches up when it is looked at. */
function minutes(clock: Clock): Signal<number> {
  const whole = (): number => Math.floor(clock.now() / minute) * minute;
  const now = source(whole());
  const tick = (): void => {
    now.set(whole());
    clock.after(minute - (clock.now() % minute), tick);
  };
  clock.after(minute - (clock.now() % minute), tick);
  document.addEventListener("visibilitychange", () => {
    now.set(whole());
  });
  return now;
}

function attention(): Signal<boolean> {
  const attended = source(!document.hidden && document.hasFocus());
  const look = (): void => {
    attended.set(!document.hidden && document.hasFocus());
  };
  addEventListener("focus", look);
  addEventListener("blur", look);
  document.addEventListener("visibilitychange", look);
  return attended;
}

function flag(read: () => boolean, events: readonly string[], target: EventTarget = globalThis): Signal<boolean> {
  const value = source(read());
  for (const event of events) {
    target.addEventListener(event, () => {
      value.set(read());
    });
  }
  return value;
}

/** Whether a media query matches, as a signal. */
export function mediaSignal(query: string): Signal<boolean> {
  const list = matchMedia(query);
  const value = source(list.matches);
  list.addEventListener("change", () => {
    value.set(list.matches);
  });
  return value;
}
