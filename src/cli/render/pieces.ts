/**
 * Finds the position in `bytes` after the last complete piece. 0 if no piece is complete. `waiting` are the bytes that
 * came before `bytes`.
 */
export type Cut = (bytes: Buffer, waiting: readonly Buffer[]) => number;

/** Cuts a stream of arbitrary chunks into complete pieces. */
export class Pieces {
  readonly #cut: Cut;
  readonly #longest: number;
  #rest: Buffer[] = [];
  #restLength = 0;

  /** A piece of more than `longest` bytes is returned in parts. */
  constructor(cut: Cut, longest: number) {
    this.#cut = cut;
    this.#longest = longest;
  }

  /** The number of bytes of an incomplete piece that are kept. */
  get waiting(): number {
    return this.#restLength;
  }

  /** Adds bytes. Returns all pieces that are now complete, in one buffer. The buffer may be empty. */
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

  /** Returns the rest of an incomplete piece. */
  end(): Buffer {
    const rest = Buffer.concat(this.#rest);
    [this.#rest, this.#restLength] = [[], 0];
    return rest;
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    // The bytes are copied, because they may be a small part of a large buffer.
    this.#rest.push(Buffer.from(bytes));
    this.#restLength += bytes.length;
  }
}

/** Cuts after the last line feed. */
export const afterLine: Cut = (bytes) => bytes.lastIndexOf(0x0a) + 1;

/** Cuts before an incomplete character of UTF-8. */
export const afterCharacter: Cut = (given, waiting) => {
  const bytes = Buffer.concat([...waiting, given]);
  const last = bytes.findLastIndex((byte) => (byte & 0xc0) !== 0x80);
  const lead = bytes[last] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  const end = last >= 0 && last + length > bytes.length ? last : bytes.length;
  return Math.max(0, end - (bytes.length - given.length));
};
