import { openInTabs } from "@dunlin/sdk";
import type { Client } from "../model/ports.ts";
import { storeName } from "./name.ts";
import { started } from "./start.ts";

/** The SDK's client of this origin's server, shared by all tabs. */
export function openClient(): Client {
  return openInTabs({
    name: storeName,
    worker: () => {
      if (started === undefined) throw new Error("there are no shared workers");
      return started;
    },
    // Where there is a worker the page does without all of this.
    createHost: async () => (await import("./host.ts")).createHost(),
  });
}
