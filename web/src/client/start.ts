/**
 * The shared worker, which this page begins with: it reads the store while the page's other scripts are still being read. The script
 * is one of its own (vite/firstScript.ts), and what the worker says waits until openClient listens. Undefined where there are none.
 */
import { scriptAddress } from "../base/trusted.ts";
import { storeName } from "./name.ts";
import worker from "./worker.ts?sharedworker&url";

export const started =
  "SharedWorker" in globalThis
    ? new SharedWorker(scriptAddress(worker), { type: "module", name: storeName })
    : undefined;
