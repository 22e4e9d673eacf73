/** The shared worker: what all tabs of this origin have in common. It ends when the last of them is closed. */
import { hostInWorker } from "@dunlin/sdk";
import { createHost } from "./host.ts";

hostInWorker(createHost());
