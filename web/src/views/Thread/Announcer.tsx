import type { ReactElement } from "react";
import { Hidden } from "../../ui/Hidden/Hidden.tsx";

/** What is read out; with another id it is read out again, though it says the same. */
export interface Announcement {
  readonly id: number;
  readonly text: string;
}

/** Reads out what came, politely. The log itself is silent: in it rows come and go with scrolling. */
export function Announcer({ said }: { readonly said: Announcement }): ReactElement {
  return (
    <Hidden>
      <span role="status" aria-live="polite">
        <span key={said.id}>{said.text}</span>
      </span>
    </Hidden>
  );
}
