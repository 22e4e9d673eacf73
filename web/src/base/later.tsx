import { createElement, useEffect, type ComponentType, type ReactElement } from "react";
import { source } from "./signal.ts";
import { useSignal } from "./useSignal.ts";

/** A component whose code comes after the first paint. */
export interface Later<P> {
  /** Nothing until its code is there; from then on it is as if it had always been. */
  readonly Part: (props: P) => ReactElement | null;
  /** Has the code fetched; asked again, it is tried again if it failed. */
  readonly load: () => Promise<void>;
}

/**
 * Unlike React's `lazy`, a part whose code is there is drawn in the very render that asks for it, so focus and layout are as they
 * would be without the detour.
 */
export function later<P extends object>(fetch: () => Promise<ComponentType<P>>): Later<P> {
  const found = source<{ readonly component: ComponentType<P> } | undefined>(undefined);
  const load = async (): Promise<void> => {
    if (found.get() === undefined) found.set({ component: await fetch() });
  };
  const Part = (props: P): ReactElement | null => {
    const there = useSignal(found);
    useEffect(() => {
      // Without a network it comes with the next that wants it.
      load().catch(() => undefined);
    }, []);
    return there === undefined ? null : createElement(there.component, props);
  };
  return { Part, load };
}
