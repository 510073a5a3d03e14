/** Where bytes may be cut: after the last piece that they complete, with what waits before them; 0 when there is none. */
export type Cut = (bytes: Buffer, waiting: readonly Buffer[]) => number;

/** Cuts a stream, which comes in chunks at any place, into pieces that are complete. */
export class Pieces {
  readonly #cut: Cut;
  readonly #longest: number;
  #rest: Buffer[] = [];
  #restLength = 0;

  /** A piece of more than `longest` bytes is handed on in parts. */
  constructor(cut: Cut, longest: number) {
    this.#cut = cut;
    this.#longest = longest;
  }

  /** How many bytes wait for the rest of their piece. */
  get waiting(): number {
    return this.#restLength;
  }

  /** The pieces that these bytes complete, in a row; may be empty. */
  add(bytes: Buffer): Buffer {
    const at = this.#cut(bytes, this.#rest);
    if (at === 0 && this.#restLength + bytes.length <= this.#longest) {
      this.#keep(bytes);
      return Buffer.alloc(0);
    }
    const end = at === 0 ? bytes.length : at;
    const pieces = Buffer.concat([...this.#rest, bytes.subarray(0, end)]);
    [this.#rest, this.#restLength] = [[], 0];
    this.#keep(bytes.subarray(end));
    return pieces;
  }

  /** What is left of a piece that will not be completed. */
  end(): Buffer {
    const rest = Buffer.concat(this.#rest);
    [this.#rest, this.#restLength] = [[], 0];
    return rest;
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    // A copy: it may be a small part of a large piece of memory.
    this.#rest.push(Buffer.from(bytes));
    this.#restLength += bytes.length;
  }
}

/** Cuts behind the last line feed. */
export const afterLine: Cut = (bytes) => bytes.lastIndexOf(0x0a) + 1;

/** Cuts before a character of UTF-8 whose last bytes are still to come. */
export const afterCharacter: Cut = (given, waiting) => {
  const bytes = Buffer.concat([...waiting, given]);
  const last = bytes.findLastIndex((byte) => (byte & 0xc0) !== 0x80);
  const lead = bytes[last] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  const end = last >= 0 && last + length > bytes.length ? last : bytes.length;
  return Math.max(0, end - (bytes.length - given.length));
};
