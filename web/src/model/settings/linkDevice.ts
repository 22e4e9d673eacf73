import { computed, source, type Signal, type Source } from "../../base/signal.ts";
import type { LinkDeviceActions, LinkDeviceSnapshot } from "../../views/LinkDevice/LinkDevice.tsx";
import { reasonOf, type LinkClaimed } from "../ports.ts";
import { routeOf } from "../router.ts";
import type { Session } from "../session.ts";

/** How often the camera's picture is looked at. */
const lookEvery = 200;

export interface LinkDeviceModel {
  readonly snapshot: Signal<LinkDeviceSnapshot>;
  readonly actions: LinkDeviceActions;
  readonly end: () => void;
}

type Step =
  | { readonly state: "scanning" }
  | { readonly state: "typing"; readonly error: string | undefined }
  | { readonly state: "confirm"; readonly claimed: LinkClaimed; readonly error: string | undefined }
  | { readonly state: "done"; readonly device: string };

interface Parts {
  readonly session: Session;
  readonly step: Source<Step>;
  readonly busy: Source<boolean>;
  readonly camera: Source<MediaStream | undefined>;
}

/** Lets a new device in, by its code. `code` came with an address that was scanned. */
export function linkDeviceModel(session: Session, code: string): LinkDeviceModel {
  const { platform, router } = session;
  const canScan = platform.camera !== undefined;
  const step = source<Step>(canScan && code === "" ? { state: "scanning" } : { state: "typing", error: undefined });
  const parts: Parts = { session, step, busy: source(false), camera: source<MediaStream | undefined>(undefined) };
  let stopLooking: (() => void) | undefined;

  const closeCamera = (): void => {
    stopLooking?.();
    stopLooking = undefined;
    const stream = parts.camera.get();
    parts.camera.set(undefined);
    if (stream !== undefined) platform.camera?.close(stream);
  };
  const claim = (text: string): void => {
    closeCamera();
    claimWith(parts, text, closeCamera);
  };
  const scan = (): void => {
    step.set({ state: "scanning" });
    openCamera(parts);
  };
  const look = (video: HTMLVideoElement): void => {
    const next = (): void => {
      stopLooking = platform.clock.after(lookEvery, () => {
        void platform.camera?.read(video).then((text) => {
          const found = text === undefined ? undefined : codeIn(text);
          if (step.get().state !== "scanning") return;
          if (found === undefined) next();
          else claim(found);
        }, next);
      });
    };
    stopLooking?.();
    next();
  };
  const leave = (): void => {
    closeCamera();
    router.back({ at: "settings", page: "devices", linking: false });
  };
  if (code !== "") claim(code);
  else if (canScan) openCamera(parts);
  return {
    snapshot: snapshotOf(parts, code),
    actions: {
      close: leave,
      submit: claim,
      scan,
      type: () => {
        closeCamera();
        step.set({ state: "typing", error: undefined });
      },
      look,
      confirm: () => {
        confirmWith(parts);
      },
      refuse: () => {
        const now = step.get();
        // That it was refused is said there; here it is over.
        if (now.state === "confirm") session.client.devices.refuse(now.claimed.link).catch(() => undefined);
        leave();
      },
    },
    end: () => {
      closeCamera();
      step.set({ state: "typing", error: undefined });
    },
  };
}

function snapshotOf({ session, step, busy, camera }: Parts, code: string): Signal<LinkDeviceSnapshot> {
  const { platform } = session;
  return computed((read): LinkDeviceSnapshot => {
    const now = read(step);
    switch (now.state) {
      case "scanning":
        return { state: "scanning", camera: read(camera), host: platform.host };
      case "typing":
        return { state: "typing", busy: read(busy), error: now.error, canScan: platform.camera !== undefined, code };
      case "confirm":
        return { state: "confirm", device: now.claimed.device_name, busy: read(busy), error: now.error };
      case "done":
        return now;
    }
  });
}

/** A camera that opens when nobody waits for it any more is closed again. */
function openCamera({ session, step, camera }: Parts): void {
  const from = step.get();
  session.platform.camera?.open().then(
    (stream) => {
      if (step.get() === from) camera.set(stream);
      else session.platform.camera?.close(stream);
    },
    () => {
      if (step.get() === from) step.set({ state: "typing", error: session.words.get().linkDevice.noCamera });
    },
  );
}

/** One code at a time. Who has turned to another way meanwhile is not told what was wrong with this one. */
function claimWith({ session, step, busy }: Parts, text: string, closeCamera: () => void): void {
  if (busy.get()) return;
  const { client, words } = session;
  const from = step.get();
  busy.set(true);
  client.devices
    .claim(plainCode(text))
    .then((claimed) => {
      closeCamera();
      step.set({ state: "confirm", claimed, error: undefined });
    })
    .catch((error: unknown) => {
      if (step.get() === from) step.set({ state: "typing", error: problemText(words.get(), reasonOf(error)) });
    })
    .finally(() => {
      busy.set(false);
    });
}

function confirmWith({ session, step, busy }: Parts): void {
  const now = step.get();
  if (now.state !== "confirm" || busy.get()) return;
  const { client, words } = session;
  busy.set(true);
  client.devices
    .confirm(now.claimed.link)
    .then(() => {
      step.set({ state: "done", device: now.claimed.device_name });
    })
    .catch((error: unknown) => {
      step.set({ ...now, error: problemText(words.get(), reasonOf(error)) });
    })
    .finally(() => {
      busy.set(false);
    });
}

function problemText(words: ReturnType<Session["words"]["get"]>, reason: string): string {
  if (reason === "offline") return words.app.offline;
  return reason === "rate-limited" ? words.app.tooMany : words.linkDevice.unknown;
}

/** The code in what a QR code says: an address of ours, or the code alone. */
export function codeIn(text: string): string | undefined {
  const hash = text.indexOf("#");
  const route = routeOf(hash < 0 ? "" : text.slice(hash));
  if (route.at === "link") return route.code;
  return /^[0-9A-Z]{4}-?[0-9A-Z]{4}$/u.test(text) ? text : undefined;
}

/** As it is compared: without the dash, and with the letters that look like digits as those. */
export function plainCode(text: string): string {
  return text
    .toUpperCase()
    .replace(/[^0-9A-Z]/gu, "")
    .replace(/O/gu, "0")
    .replace(/[IL]/gu, "1");
}
