import { Malformed } from "./bytes.ts";
import type { Frame } from "./decode.ts";

/** The largest packet that is read. The server's own limit is below it, whatever it is set to. */
export const maxPacket = 4 << 20;

/** Cuts a stream of bytes into packets, whatever pieces it comes in. */
export interface Framer {
  /**
   * Takes the next piece, which must not be changed afterwards, and returns the packets that are whole now.
   * Throws {@link Malformed} for a length that is none, or is above {@link maxPacket}.
   */
  push(piece: Uint8Array): Frame[];
}

/** Makes a framer for a new connection. */
export function framer(): Framer {
  let held: Uint8Array = new Uint8Array();
  return {
    push: (piece) => {
      held = held.length === 0 ? piece : joined(held, piece);
      const frames: Frame[] = [];
      for (;;) {
        const header = readHeader(held);
        if (header === undefined || held.length < header.size + header.length) return frames;
        const end = header.size + header.length;
        frames.push({ first: held[0] ?? 0, body: held.subarray(header.size, end) });
        held = held.subarray(end);
      }
    },
  };
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}

/** The size of the fixed header and the length of what follows it; undefined if its end has not come. */
function readHeader(bytes: Uint8Array): { size: number; length: number } | undefined {
  let length = 0;
  for (let at = 1; at <= 4; at++) {
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    length |= (byte & 0x7f) << (7 * (at - 1));
    if (byte < 0x80) {
      if (length > maxPacket) throw new Malformed(`a packet of ${length} bytes is too large`);
      return { size: at + 1, length };
    }
  }
  throw new Malformed("a packet's length has more than four bytes");
}
