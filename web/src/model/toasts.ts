import type { LucideIcon } from "lucide-react";
import { source, type Signal } from "../base/signal.ts";
import type { ToastSnapshot } from "../ui/Toast/Toast.tsx";
import type { Platform } from "./platform.ts";

/** How long a toast stays. */
const stays = 6_000;

export interface Toasts {
  readonly current: Signal<ToastSnapshot | undefined>;
  /** Shows one, in place of that which is there. */
  readonly show: (
    text: string,
    icon?: LucideIcon,
    action?: { readonly label: string; readonly onSelect: () => void },
  ) => void;
  /** It is looked at: it stays until that is over, and then its whole time. */
  readonly hold: (held: boolean) => void;
}

export function toastsOn(platform: Platform): Toasts {
  const current = source<ToastSnapshot | undefined>(undefined);
  let stop: (() => void) | undefined;
  let count = 0;
  const close = (): void => {
    stop?.();
    stop = undefined;
    current.set(undefined);
  };
  const wait = (): void => {
    stop?.();
    stop = platform.clock.after(stays, close);
  };
  return {
    current,
    show: (text, icon, action) => {
      count++;
      current.set({
        id: `toast-${count}`,
        text,
        icon,
        action:
          action === undefined
            ? undefined
            : {
                label: action.label,
                onSelect: () => {
                  close();
                  action.onSelect();
                },
              },
      });
      wait();
    },
    hold: (held) => {
      if (current.get() === undefined) return;
      if (held) {
        stop?.();
        stop = undefined;
      } else wait();
    },
  };
}
