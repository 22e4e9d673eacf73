import type { ReactElement } from "react";
import { Hidden } from "../../ui/Hidden/Hidden.tsx";

/** Reads out what came, politely. The log itself is silent: in it rows come and go with scrolling. */
export function Announcer({ text }: { readonly text: string }): ReactElement {
  return (
    <Hidden>
      <span role="status" aria-live="polite">
        {text}
      </span>
    </Hidden>
  );
}
