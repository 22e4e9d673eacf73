import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** What lies between clients and a server: an address that stays, and connections that can be cut. */
export interface Proxy {
  readonly url: string;
  /** Cuts connections, all or those that `which` chooses; what is under way in them is lost. */
  cut(which?: () => boolean): number;
  /** Refuses connections while `yes`. */
  refuse(yes: boolean): void;
  close(): Promise<void>;
}

/** Opens a proxy on a free port; `target` gives the server's port for each connection. */
export async function openProxy(target: () => number): Promise<Proxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let refusing = false;
  const server = createServer((client) => {
    if (refusing) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(target(), "127.0.0.1");
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of pair) socket.setNoDelay(true).on("error", end).on("close", end);
    client.pipe(upstream);
    upstream.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const cut = (which: () => boolean = () => true): number => {
    const chosen = [...pairs].filter(which);
    for (const [client, upstream] of chosen) {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    }
    return chosen.length;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    cut,
    refuse: (yes) => {
      refusing = yes;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}
