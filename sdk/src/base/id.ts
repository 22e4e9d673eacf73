/**
 * Ids as the protocol has them: 16 bytes, written as 26 characters of lower-case base32 (RFC 4648, no padding).
 *
 * In the SDK an id is always the written form: it compares, sorts and serves as a key as it is. Sorting by the text is
 * sorting by the bytes only where both begin with the same kind of character, since base32 puts letters before digits
 * while text puts digits before letters: so nothing here orders ids but {@link compareIds}.
 */
export type Id = string;

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
const bytesOfId = 16;
const charactersOfId = 26;
const valueOf = new Map(Array.from(alphabet, (character, value) => [character, value]));

/** Writes 16 bytes. Throws a RangeError for any other number of them. */
export function idFromBytes(bytes: Uint8Array): Id {
  if (bytes.length !== bytesOfId) throw new RangeError(`an id has ${bytesOfId} bytes, not ${bytes.length}`);
  return base32(bytes);
}

/** Bytes in lower-case base32 without padding. */
export function base32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + alphabet.charAt((held << (5 - bits)) & 31);
}

/** The 16 bytes of a written id, or undefined if it is none: another length, another character, bits left over. */
export function idToBytes(id: Id): Uint8Array<ArrayBuffer> | undefined {
  if (id.length !== charactersOfId) return undefined;
  const bytes = new Uint8Array(bytesOfId);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const character of id) {
    const value = valueOf.get(character);
    if (value === undefined) return undefined;
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
      held &= (1 << bits) - 1;
    }
  }
  return held === 0 ? bytes : undefined;
}

/** Like {@link idToBytes}, for an id that is known to be one. Throws a RangeError if it is not. */
export function bytesOf(id: Id): Uint8Array<ArrayBuffer> {
  const bytes = idToBytes(id);
  if (bytes === undefined) throw new RangeError(`not an id: ${JSON.stringify(id)}`);
  return bytes;
}

/** Negative, zero or positive as the bytes of `left` come before, are, or come after those of `right`. */
export function compareIds(left: Id, right: Id): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const difference = alphabet.indexOf(left.charAt(at)) - alphabet.indexOf(right.charAt(at));
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
