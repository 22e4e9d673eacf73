/** What came is not what the specification allows. The connection it came on cannot go on. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const maxVariable = 268_435_455;

/** Numbers, texts and bytes as MQTT writes them, one after the other. */
export class Writer {
  #bytes = new Uint8Array(256);
  #used = 0;

  /** A copy of what was written. */
  taken(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#used);
  }

  byte(value: number): void {
    this.#room(1)[this.#used++] = value;
  }

  uint16(value: number): void {
    this.byte(value >>> 8);
    this.byte(value & 0xff);
  }

  uint32(value: number): void {
    this.uint16(value >>> 16);
    this.uint16(value & 0xffff);
  }

  /** A Variable Byte Integer. Throws a RangeError above 268,435,455. */
  variable(value: number): void {
    if (value > maxVariable) throw new RangeError(`${value} is above what MQTT can say`);
    let rest = value;
    do {
      this.byte((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
      rest >>>= 7;
    } while (rest > 0);
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#room(bytes.length).set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** Bytes after their length. Throws a RangeError above 65,535 of them. */
  binary(bytes: Uint8Array): void {
    if (bytes.length > 0xffff) throw new RangeError(`${bytes.length} bytes are more than MQTT can say`);
    this.uint16(bytes.length);
    this.raw(bytes);
  }

  text(text: string): void {
    this.binary(encoder.encode(text));
  }

  #room(count: number): Uint8Array {
    if (this.#used + count > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + count));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return this.#bytes;
  }
}

/** Reads what {@link Writer} writes. Every function throws {@link Malformed} where the bytes end too early. */
export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new Malformed("the packet ends too early");
    this.#at++;
    return value;
  }

  uint16(): number {
    return (this.byte() << 8) | this.byte();
  }

  uint32(): number {
    return this.uint16() * 0x10000 + this.uint16();
  }

  variable(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (byte === 0 && shift > 0) throw new Malformed("a number is longer than it need be");
        return value;
      }
    }
    throw new Malformed("a number has more than four bytes");
  }

  /** A view of the next `count` bytes; it lives as long as what the reader was made from. */
  raw(count: number): Uint8Array {
    if (count > this.left) throw new Malformed("the packet ends too early");
    const from = this.#at;
    this.#at += count;
    return this.#bytes.subarray(from, this.#at);
  }

  binary(): Uint8Array {
    return this.raw(this.uint16());
  }

  text(): string {
    try {
      return decoder.decode(this.binary());
    } catch (reason) {
      if (reason instanceof Malformed) throw reason;
      throw new Malformed("a text is not UTF-8");
    }
  }

  rest(): Uint8Array {
    return this.raw(this.left);
  }
}
