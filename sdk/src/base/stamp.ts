import type { Random } from "./clock.ts";
import { bytesOf, compareIds, idFromBytes } from "./id.ts";
import type { Id } from "./id.ts";

/**
 * The next message id of a device: a UUIDv7 (RFC 9562) above `last`, whatever the clock says (rule S3). Two of one
 * millisecond, or of a clock that was put back, follow each other by one in the random part.
 *
 * @param now milliseconds since 1970 UTC
 * @param last the highest id that the device has used, or undefined for its first
 */
export function nextMessageId(now: number, random: Random, last?: Id): Id {
  const fresh = uuid7(now, random);
  if (last === undefined || compareIds(fresh, last) > 0) return fresh;
  return idFromBytes(successor(bytesOf(last)));
}

/** A UUIDv7 that need not follow another: for requests and conversations. */
export function freshId(now: number, random: Random): Id {
  return uuid7(now, random);
}

/** The time in a UUIDv7, in milliseconds since 1970 UTC. */
export function timeOf(id: Id): number {
  const bytes = bytesOf(id);
  const view = new DataView(bytes.buffer);
  return view.getUint32(0) * 2 ** 16 + view.getUint16(4);
}

function uuid7(now: number, random: Random): Id {
  const bytes = random(16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(now / 2 ** 16));
  view.setUint16(4, now % 2 ** 16);
  view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f));
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  return idFromBytes(bytes);
}

/** Bits of each byte that count: all but version (byte 6) and variant (byte 8). */
const countingBits = [255, 255, 255, 255, 255, 255, 0x0f, 255, 0x3f, 255, 255, 255, 255, 255, 255, 255];

/** The UUIDv7 after `bytes`, by value. Throws a RangeError after the very last, in the year 10889. */
function successor(bytes: Uint8Array): Uint8Array {
  const next = Uint8Array.from(bytes);
  for (let at = next.length - 1; at >= 0; at--) {
    const mask = countingBits[at] ?? 0;
    const value = (next[at] ?? 0) & mask;
    const fixed = (next[at] ?? 0) & ~mask;
    if (value < mask) {
      next[at] = fixed | (value + 1);
      return next;
    }
    next[at] = fixed;
  }
  throw new RangeError("there is no UUIDv7 after this one");
}
