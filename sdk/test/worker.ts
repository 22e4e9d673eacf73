/** An app's shared worker, as small as it can be: sdk/size.ts measures it. */
import { createCore, hostInWorker, indexedDbStore } from "../src/index.ts";

const store = await indexedDbStore("dunlin");
hostInWorker(createCore({ server: location.origin, store }));
