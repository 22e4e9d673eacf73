import type { LucideIcon } from "lucide-react";
import { source, type Signal } from "../base/signal.ts";
import type { ToastSnapshot } from "../ui/Toast/Toast.tsx";
import type { Platform } from "./platform.ts";

/** How long a toast stays. */
const stays = 6_000;

export interface Toasts {
  readonly current: Signal<ToastSnapshot | undefined>;
  /** Shows one, in place of that which is there. One that `stays` does so until it is answered, below those that pass. */
  readonly show: (
    text: string,
    icon?: LucideIcon,
    action?: { readonly label: string; readonly onSelect: () => void },
    stays?: "stays",
  ) => void;
  /** It is looked at: it stays until that is over, and then its whole time. */
  readonly hold: (held: boolean) => void;
}

export function toastsOn(platform: Platform): Toasts {
  const current = source<ToastSnapshot | undefined>(undefined);
  let stop: (() => void) | undefined;
  let count = 0;
  let lasting: ToastSnapshot | undefined;
  const close = (): void => {
    stop?.();
    stop = undefined;
    if (current.get() === lasting) lasting = undefined;
    current.set(lasting);
  };
  const wait = (): void => {
    stop?.();
    stop = platform.clock.after(stays, close);
  };
  return {
    current,
    show: (text, icon, action, lasts) => {
      count++;
      const toast: ToastSnapshot = {
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
      };
      current.set(toast);
      stop?.();
      if (lasts === "stays") lasting = toast;
      else wait();
    },
    hold: (held) => {
      if (current.get() === undefined || current.get() === lasting) return;
      if (held) {
        stop?.();
        stop = undefined;
      } else wait();
    },
  };
}
