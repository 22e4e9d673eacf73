import type { ReactElement } from "react";

export type Device = "phone" | "tablet" | "desktop";

/** One state of a component, as it is shown, photographed and checked. */
export interface Story {
  readonly render: (device: Device) => ReactElement;
  /** What somebody does before one looks: opens a menu, types something. */
  readonly play?: (device: Device) => Promise<void>;
  /** What it stands in: the whole window, a pane as wide as the list, or a page with space around it (the default). */
  readonly frame?: "window" | "pane" | "page";
  /** Where it makes sense; everywhere if nothing is said. */
  readonly devices?: readonly Device[];
}

/** The stories of one component, by name. */
export type Stories = Readonly<Record<string, Story>>;
