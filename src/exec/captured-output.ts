/** Receives output as it comes, `offset` bytes into its stream. It may keep the bytes and must not throw. */
export type OnChunk = (stream: "stdout" | "stderr", offset: number, bytes: Buffer) => void;

/** What is kept of one output stream: its beginning and its end, with at most one gap between them. */
export interface CapturedOutput {
  /** Head and tail joined, never longer than the limit. */
  readonly bytes: Buffer;
  /** Bytes that the stream carried in all: `bytes.length + omitted`. */
  readonly total: number;
  /** Bytes left out between head and tail; 0 when `bytes` is everything. */
  readonly omitted: number;
  /** Where in `bytes` the gap is; `bytes.length` when there is none. */
  readonly headLength: number;
}

/**
 * Collects a stream in at most `limit` bytes, however much it carries and in however small pieces. Half of the limit
 * keeps the beginning, which says what was started; the other half keeps the end, which says how it ended. The chunks
 * are copied, so the caller may reuse them.
 */
export class OutputCapture {
  readonly #limit: number;
  readonly #headLength: number;
  /** At first the bytes in their order. Once they no longer fit: `[head | tail]`, where the tail is a ring. */
  #kept: Buffer = Buffer.alloc(0);
  #total = 0;

  constructor(limit: number) {
    this.#limit = limit;
    this.#headLength = Math.floor(limit / 2);
  }

  /** Bytes received so far, which is the offset of the next chunk. */
  get total(): number {
    return this.#total;
  }

  add(chunk: Buffer): void {
    const fitting = Math.min(chunk.length, Math.max(0, this.#limit - this.#total));
    this.#append(chunk.subarray(0, fitting));
    this.#overwriteTail(chunk.subarray(fitting));
  }

  captured(): CapturedOutput {
    const omitted = Math.max(0, this.#total - this.#limit);
    if (omitted === 0) {
      const bytes = this.#kept.subarray(0, this.#total);
      return { bytes, total: this.#total, omitted, headLength: bytes.length };
    }
    const oldest = this.#tailPosition();
    const bytes = Buffer.concat([
      this.#kept.subarray(0, this.#headLength),
      this.#kept.subarray(oldest),
      this.#kept.subarray(this.#headLength, oldest),
    ]);
    return { bytes, total: this.#total, omitted, headLength: this.#headLength };
  }

  /** Grows by doubling, so that small outputs stay small and many small chunks are not copied again and again. */
  #append(bytes: Buffer): void {
    const needed = this.#total + bytes.length;
    if (bytes.length > 0 && needed > this.#kept.length) {
      const larger = Buffer.allocUnsafe(Math.min(this.#limit, Math.max(needed, 2 * this.#kept.length)));
      this.#kept.copy(larger);
      this.#kept = larger;
    }
    bytes.copy(this.#kept, this.#total);
    this.#total = needed;
  }

  #overwriteTail(bytes: Buffer): void {
    const last = bytes.subarray(Math.max(0, bytes.length - (this.#limit - this.#headLength)));
    this.#total += bytes.length - last.length;
    const copied = last.copy(this.#kept, this.#tailPosition());
    last.copy(this.#kept, this.#headLength, copied);
    this.#total += last.length;
  }

  /** Where the next byte goes in the ring; the oldest byte is there now. */
  #tailPosition(): number {
    const tailLength = this.#limit - this.#headLength;
    return this.#headLength + ((this.#total - this.#headLength) % Math.max(1, tailLength));
  }
}
