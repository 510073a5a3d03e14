/**
 * Receives each piece of output at once. `offset` is the position of `bytes` in the stream. The function may keep the
 * bytes, and must not throw.
 */
export type OnChunk = (stream: "stdout" | "stderr", offset: number, bytes: Buffer) => void;

/** The kept bytes of one output stream: the beginning and the end of the stream, with at most one gap in the middle. */
export interface CapturedOutput {
  /** Head and tail together; never longer than the limit. */
  readonly bytes: Buffer;
  /** The number of bytes in the whole stream: `bytes.length + omitted`. */
  readonly total: number;
  /** The number of bytes left out between head and tail; 0 if `bytes` is the whole stream. */
  readonly omitted: number;
  /** The position of the gap in `bytes`; `bytes.length` if there is no gap. */
  readonly headLength: number;
}

/**
 * Collects a stream in at most `limit` bytes of memory, even if the stream is long or its chunks are small. Half of the
 * limit is for the beginning, because the beginning usually shows the task. The other half is for the end, because the
 * end usually shows the result. The chunks are copied, so the caller may reuse them.
 */
export class OutputCapture {
  readonly #limit: number;
  readonly #headLength: number;
  /** Up to the limit, all bytes in their order. After that, `[head | tail]`; the tail is a ring buffer. */
  #kept: Buffer = Buffer.alloc(0);
  #total = 0;

  constructor(limit: number) {
    this.#limit = limit;
    this.#headLength = Math.floor(limit / 2);
  }

  /** The number of bytes received so far. This is the offset of the next chunk. */
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

  /**
   * Doubles the buffer if it is full. So a small output needs little memory, and many small chunks are not copied again
   * and again.
   */
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

  /** The position for the next byte in the ring buffer. This is the position of the oldest byte too. */
  #tailPosition(): number {
    const tailLength = this.#limit - this.#headLength;
    return this.#headLength + ((this.#total - this.#headLength) % Math.max(1, tailLength));
  }
}
