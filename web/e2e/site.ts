import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openProxy, type Proxy } from "../../sdk/test/support/proxy.ts";
import { startServer, type Server } from "../../sdk/test/support/server.ts";

/** The app as it is built. */
export const root = fileURLToPath(new URL("../dist", import.meta.url));

/** A server with the app, at an address that stays: what lies between can be cut, and the server be killed and started. */
export interface Site {
  readonly server: Server;
  readonly proxy: Proxy;
  readonly url: string;
  /** The link of an invitation that is good for many. */
  readonly invite: string;
  /** No way to the server, or one again. */
  reachable(yes: boolean): void;
  close(): Promise<void>;
}

/** Limits per address are for people; here all of them are at one. */
const limits = Object.fromEntries(
  ["sign_ins", "sign_ups", "checks", "lookups", "directory", "links", "claims", "misses", "uploads", "writes"].map(
    (name) => [`rates.${name}`, "100000"],
  ),
);

/** Starts one. */
export async function openSite(settings: Readonly<Record<string, string>> = {}): Promise<Site> {
  if (!existsSync(`${root}/index.html`)) throw new Error(`the app is not built: ${root}`);
  let server: Server | undefined;
  const proxy = await openProxy(() => server?.port() ?? 0);
  server = await startServer({ ...limits, "web.root": root, "web.url": proxy.url, ...settings });
  const { link } = await server.command("invite", "add", "--uses", "1000", "--json");
  if (link === undefined) throw new Error("an invite without a link");
  const started = server;
  return {
    server: started,
    proxy,
    url: proxy.url,
    invite: link,
    reachable: (yes) => {
      proxy.refuse(!yes);
      if (!yes) proxy.cut();
    },
    close: async () => {
      await proxy.close();
      await started.remove();
    },
  };
}
