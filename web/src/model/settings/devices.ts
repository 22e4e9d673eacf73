import { LogOut } from "lucide-react";
import { source, type Signal } from "../../base/signal.ts";
import type { DevicesActions, DeviceSnapshot, DevicesSnapshot } from "../../views/Devices/Devices.tsx";
import type { DeviceInfo } from "../ports.ts";
import { attempt, type Session } from "../session.ts";

export interface DevicesModel {
  readonly snapshot: Signal<DevicesSnapshot>;
  readonly actions: DevicesActions;
  /** Reads them, unless they are there. */
  readonly load: () => void;
  readonly end: () => void;
}

/** All devices of the account. */
export function devicesModel(session: Session): DevicesModel {
  const { client, router, toasts, words } = session;
  const snapshot = source<DevicesSnapshot>({ state: "loading" });
  let wanted = false;
  let asked = 0;
  const read = (): void => {
    const own = ++asked;
    client.devices.list().then(
      (devices) => {
        if (own !== asked) return;
        snapshot.set({ state: "read", devices: [...devices].sort(order).map(deviceOf) });
      },
      () => {
        if (own === asked && snapshot.get().state !== "read") snapshot.set({ state: "failed" });
      },
    );
  };
  const end = client.devices.changes.subscribe(() => {
    if (wanted) read();
  });
  const nameOf = (id: string): string => {
    const now = snapshot.get();
    return now.state === "read" ? (now.devices.find((one) => one.id === id)?.name ?? "") : "";
  };
  return {
    snapshot,
    load: () => {
      if (!wanted || snapshot.get().state === "failed") read();
      wanted = true;
    },
    actions: {
      back: () => {
        router.back({ at: "settings", page: undefined, linking: false });
      },
      link: () => {
        router.go({ at: "settings", page: "devices", linking: true });
      },
      logOut: (id) => {
        const name = nameOf(id);
        const revoking = client.devices.revoke(id);
        attempt(session, revoking);
        revoking.then(
          () => {
            toasts.show(words.get().devices.loggedOut(name), LogOut);
            read();
          },
          () => undefined,
        );
      },
      rename: (id, name) => {
        attempt(session, client.devices.rename(id, name).then(read));
      },
      retry: () => {
        snapshot.set({ state: "loading" });
        read();
      },
    },
    end,
  };
}

/** This one first, then by when they were last there. */
const order = (left: DeviceInfo, right: DeviceInfo): number =>
  Number(right.current) - Number(left.current) || right.last_seen - left.last_seen;

function deviceOf({ device, name, last_seen, current }: DeviceInfo): DeviceSnapshot {
  return { id: device, name, kind: kindOf(name), current, lastSeen: last_seen === 0 ? undefined : last_seen };
}

/** Devices say their names, not what they are. */
function kindOf(name: string): DeviceSnapshot["kind"] {
  if (/phone|android|ios|handy|telefon|mobile/iu.test(name)) return "phone";
  return /laptop|book|notebook/iu.test(name) ? "laptop" : "desktop";
}
