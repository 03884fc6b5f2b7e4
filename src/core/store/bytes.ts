/** Bytes that grow as they are written, and the variable-length integers in them (LEB128). */

export class ByteWriter {
  #bytes: Buffer<ArrayBuffer>;
  #length = 0;

  constructor(capacity = 1024) {
    this.#bytes = Buffer.from(new ArrayBuffer(capacity));
  }

  get length(): number {
    return this.#length;
  }

  /** @param value below 2^31 */
  varint(value: number): void {
    this.#reserve(5);
    while (value > 127) {
      this.#bytes[this.#length++] = (value & 127) | 128;
      value >>>= 7;
    }
    this.#bytes[this.#length++] = value;
  }

  text(utf8: Buffer): void {
    this.varint(utf8.length);
    this.#reserve(utf8.length);
    utf8.copy(this.#bytes, this.#length);
    this.#length += utf8.length;
  }

  /** What was written: a view that is good until more is. */
  view(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.from(new ArrayBuffer(Math.max(this.#bytes.length * 2, this.#length + more)));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** Reads on from a place, which each read moves. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.at++] ?? 0;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  }
}
