/**
 * How long a connection may be silent before it is asked whether it is still there. What lies between the ends (a phone
 * network, a home router) forgets silent connections after a time that nobody tells, so it is learned: each silence that was
 * survived allows a longer one, and one that was not halves it and is not tried again.
 */
export interface KeepAlive {
  /** Milliseconds of silence after which to ask. */
  readonly silence: number;
  /** A silence that a connection did not survive: later ones stay below it. */
  readonly fatal: number | undefined;
}

const shortest = 15_000;
const longest = 240_000;
const growth = 1.25;

/** How long an answer to PINGREQ may take, in milliseconds; then the connection counts as lost. */
export const pongWithin = 10_000;

/** What a client begins with. */
export const initialKeepAlive: KeepAlive = { silence: 45_000, fatal: undefined };

/** After an answer that came: the same silence can be survived, so a longer one is tried. */
export function survived(now: KeepAlive): KeepAlive {
  const ceiling = Math.min(longest, now.fatal === undefined ? longest : now.fatal * 0.8);
  return { ...now, silence: Math.max(shortest, Math.min(now.silence * growth, ceiling)) };
}

/** After an answer that did not come within {@link pongWithin}. */
export function lost(now: KeepAlive): KeepAlive {
  return { silence: Math.max(shortest, now.silence / 2), fatal: now.silence };
}

/** The Keep Alive of CONNECT, in seconds: the server is to wait for longer than the client ever asks. */
export const keepAliveOfConnect = Math.ceil((longest + 2 * pongWithin) / 1000);
