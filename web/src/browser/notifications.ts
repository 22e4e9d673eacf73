import { source } from "../base/signal.ts";
import type { Notifications } from "../model/platform.ts";

/** The browser's notifications, of this page while it is open. */
export function browserNotifications(): Notifications {
  const there = "Notification" in globalThis && isSecureContext;
  const permission = source<"default" | "granted" | "denied" | "unavailable">(
    there ? Notification.permission : "unavailable",
  );
  return {
    permission,
    ask: async () => {
      if (permission.get() === "default") permission.set(await Notification.requestPermission());
    },
    show: ({ tag, title, text, silent }, onSelect) => {
      if (permission.get() !== "granted") return;
      try {
        const notice = new Notification(title, { body: text, tag, silent, icon: "/icons/app-icon.svg" });
        notice.onclick = () => {
          globalThis.focus();
          notice.close();
          onSelect();
        };
      } catch {
        // Chrome on Android shows them from a service worker only.
      }
    },
  };
}
