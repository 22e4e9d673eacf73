/**
 * The service worker: the app's files, all of one build, are on the device before it is used without a network. What the
 * server says (/v1, /mqtt) it never touches. vite/offline.ts puts the list of files into it.
 */
import type { Precached, TakeOver } from "./precache.ts";

/** The files of this build, with their checksums, and a name for all of them together. */
declare const __DUNLIN_FILES__: readonly Precached[];
declare const __DUNLIN_BUILD__: string;

/** What of a service worker's scope is used. */
interface Scope {
  readonly location: Location;
  readonly caches: CacheStorage;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: Asked) => void): void;
}
interface Extendable {
  waitUntil(work: Promise<unknown>): void;
}
interface Asked extends Extendable {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

const scope = globalThis as unknown as Scope;
const prefix = "dunlin-app-";
const name = prefix + __DUNLIN_BUILD__;
const files = __DUNLIN_FILES__;
const known = new Set(files.map(({ path }) => path));

scope.addEventListener("install", (event) => {
  event.waitUntil(install());
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

scope.addEventListener("message", ({ data }) => {
  if (data === ("take over" satisfies TakeOver)) void scope.skipWaiting();
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== scope.location.origin) return;
  const path = request.mode === "navigate" && pathname === "/" ? "/index.html" : pathname;
  if (known.has(path)) event.respondWith(answer(path, request));
});

/** All files or none: what an earlier build has is taken from there, each is held against its checksum. */
async function install(): Promise<void> {
  const cache = await scope.caches.open(name);
  await Promise.all(
    files.map(async ({ path, integrity, hashed }) => {
      const there = hashed ? await scope.caches.match(path) : undefined;
      const file = there ?? (await fetch(new Request(path, { integrity, cache: hashed ? "default" : "no-cache" })));
      if (!file.ok) throw new Error(`${path}: ${file.status}`);
      await cache.put(path, file);
    }),
  );
}

async function activate(): Promise<void> {
  const others = (await scope.caches.keys()).filter((one) => one.startsWith(prefix) && one !== name);
  await Promise.all(others.map((one) => scope.caches.delete(one)));
  await scope.clients.claim();
}

/** From the device; from the server only what the browser has thrown away meanwhile. */
async function answer(path: string, request: Request): Promise<Response> {
  const cache = await scope.caches.open(name);
  return (await cache.match(path)) ?? fetch(request);
}
