import type { OutputStream } from "../protocol/ack.ts";

/**
 * The size of the blocks in which output is kept. The first block of a stream is smaller, since most runs print little.
 */
export const blockSize: number = 64 * 1024;
const firstBlockSize = 4096;

/**
 * A limited number of free blocks for reuse. Without reuse the daemon would grow, because freed memory stays with the
 * process. A larger daemon takes longer to start another process.
 */
export class Blocks {
  readonly #free: Buffer[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(blockSize);
  }

  give(block: Buffer): void {
    if (block.length === blockSize && this.#free.length < this.#most) this.#free.push(block);
  }
}

interface Block {
  /** The position of the block in the stream. */
  readonly offset: number;
  readonly bytes: Buffer;
  length: number;
}

interface Kept {
  total: number;
  readonly blocks: Block[];
}

/**
 * The latest output of a run. Both streams together keep about `limit` bytes. The kept part of a stream has no gaps,
 * and reaches to the end of the stream. New output is copied once, and the oldest output is dropped.
 */
export class KeptOutput {
  readonly #limit: number;
  readonly #blocks: Blocks;
  readonly #streams: Readonly<Record<OutputStream, Kept>> = {
    stdout: { total: 0, blocks: [] },
    stderr: { total: 0, blocks: [] },
  };
  #size = 0;

  constructor(limit: number, blocks: Blocks) {
    this.#limit = limit;
    this.#blocks = blocks;
  }

  /** The memory that the output takes, in bytes. */
  get size(): number {
    return this.#size;
  }

  /** The number of bytes that the run has written to each stream. */
  get totals(): Readonly<Record<OutputStream, number>> {
    return { stdout: this.#streams.stdout.total, stderr: this.#streams.stderr.total };
  }

  add(stream: OutputStream, bytes: Buffer): void {
    const kept = this.#streams[stream];
    for (let done = 0; done < bytes.length;) {
      let last = kept.blocks.at(-1);
      if (last === undefined || last.length === last.bytes.length) {
        last = { offset: kept.total, bytes: this.#room(kept.total === 0), length: 0 };
        kept.blocks.push(last);
      }
      const copied = bytes.copy(last.bytes, last.length, done);
      last.length += copied;
      kept.total += copied;
      done += copied;
    }
  }

  /**
   * A copy of at most `limit` bytes of a stream, beginning at `offset`. If the byte at `offset` is no longer kept, the
   * copy begins at the oldest kept byte.
   */
  read(stream: OutputStream, offset: number, limit: number): { readonly offset: number; readonly bytes: Buffer } {
    const { total, blocks } = this.#streams[stream];
    const from = Math.min(total, Math.max(offset, blocks[0]?.offset ?? total));
    const to = Math.min(total, from + limit);
    const bytes = Buffer.allocUnsafe(to - from);
    for (const block of blocks) {
      const end = block.offset + block.length;
      if (end <= from) continue;
      if (block.offset >= to) break;
      const start = Math.max(from, block.offset);
      block.bytes.copy(bytes, start - from, start - block.offset, Math.min(end, to) - block.offset);
    }
    return { offset: from, bytes };
  }

  /** Drops everything. */
  release(): void {
    for (const { blocks } of Object.values(this.#streams)) {
      for (const { bytes } of blocks.splice(0)) this.#blocks.give(bytes);
    }
    this.#size = 0;
  }

  #room(isFirst: boolean): Buffer {
    if (this.#size + blockSize > this.#limit) this.#dropOldest();
    const room = isFirst ? Buffer.allocUnsafeSlow(firstBlockSize) : this.#blocks.take();
    this.#size += room.length;
    return room;
  }

  /**
   * Drops the oldest block of the stream that has more blocks. So much output on stdout does not push out a line on
   * stderr.
   */
  #dropOldest(): void {
    const [most] = Object.values(this.#streams).toSorted((one, other) => other.blocks.length - one.blocks.length);
    const oldest = most?.blocks.shift();
    if (oldest === undefined) return;
    this.#size -= oldest.bytes.length;
    this.#blocks.give(oldest.bytes);
  }
}
