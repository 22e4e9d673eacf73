import { openInTabs } from "@dunlin/sdk";
import { scriptAddress } from "../base/trusted.ts";
import type { Client } from "../model/ports.ts";
import { storeName } from "./name.ts";
import worker from "./worker.ts?sharedworker&url";

/** The SDK's client of this origin's server, shared by all tabs. */
export function openClient(): Client {
  return openInTabs({
    name: storeName,
    worker: () => new SharedWorker(scriptAddress(worker), { type: "module", name: storeName }),
    // Where there is a worker the page does without all of this.
    createHost: async () => (await import("./host.ts")).createHost(),
  });
}
