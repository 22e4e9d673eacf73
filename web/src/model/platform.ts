import type { Signal } from "../base/signal.ts";

/** The time, and what happens later. */
export interface Clock {
  now(): number;
  /** Calls `action` after so many milliseconds; the returned function takes that back. */
  after(ms: number, action: () => void): () => void;
}

/** The browser, as far as view models need it. A test has its own. */
export interface Platform {
  readonly clock: Clock;
  /** The time now, to the minute. */
  readonly minute: Signal<number>;
  /** This window is on the screen, with the focus or without. */
  readonly visible: Signal<boolean>;
  /** Somebody looks at this window: it is in front, and has the focus. */
  readonly attended: Signal<boolean>;
  /** The browser says that there is a network. It may be wrong, but not when it says that there is none. */
  readonly networked: Signal<boolean>;
  /** There is no TLS here, and this is not localhost. */
  readonly insecure: boolean;
  /** The host of this page. */
  readonly host: string;
  readonly origin: string;
  /** How this browser is called among devices: `Firefox on Linux`. */
  readonly deviceName: string;
  copy(text: string): Promise<void>;
  /** Something small that this device keeps; undefined if there is nothing. */
  recall(key: string): string | undefined;
  keep(key: string, value: string): void;
  /** An address for bytes that lives until it is given back. */
  addressOf(blob: Blob): string;
  giveBack(address: string): void;
  /** Pictures as the server takes them: at most 1024 px and 256 KiB. Rejects if it is none. */
  shrink(file: Blob): Promise<Uint8Array<ArrayBuffer>>;
  readonly notifications: Notifications;
  /** Undefined if there is no camera that could be used here. */
  readonly camera: Camera | undefined;
}

export interface Notifications {
  readonly permission: Signal<"default" | "granted" | "denied" | "unavailable">;
  ask(): Promise<void>;
  /** Shows one, in place of that with the same tag. */
  show(
    notice: { readonly tag: string; readonly title: string; readonly text: string; readonly silent: boolean },
    onSelect: () => void,
  ): void;
}

export interface Camera {
  open(): Promise<MediaStream>;
  close(stream: MediaStream): void;
  /** The text of a QR code that is in the picture now; undefined if there is none. */
  read(video: HTMLVideoElement): Promise<string | undefined>;
}
