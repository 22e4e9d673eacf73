import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { root } from "../../web/e2e/site.ts";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".png": "image/png",
};

/** Serves one page without scripts, with the app's style sheets, fonts and pictures, at an address of its own. */
export interface StaticSite {
  readonly url: string;
  /** Puts another page there. */
  put(html: string): void;
  close(): Promise<void>;
}

/** Starts one. */
export async function openStatic(): Promise<StaticSite> {
  let html = "";
  const answer = async (path: string): Promise<readonly [type: string, body: string | Buffer]> => {
    const type = types[extname(path)];
    if (path === "/" || type === undefined) return ["text/html; charset=utf-8", html];
    return [type, await readFile(join(root, normalize(path)))];
  };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://static").pathname;
    answer(path).then(
      ([type, body]) => {
        const cache = path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
        response.writeHead(200, { "Content-Type": type, "Cache-Control": cache }).end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    put: (next) => {
      html = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
