import { outputStreams, type OutputStream } from "../protocol/ack.ts";

/** How large the blocks are in which output is kept; the first of a stream is smaller, since most runs print little. */
const blockSize = 64 * 1024;
const firstBlockSize = 4096;

interface Block {
  /** Where in its stream it begins. */
  readonly offset: number;
  readonly bytes: Buffer;
  length: number;
}

interface Kept {
  total: number;
  readonly blocks: Block[];
}

/**
 * The latest output of a run, both streams together in about `limit` bytes, each in a row up to its end. What comes is
 * copied once; the oldest goes, and its block is used again, so that a flood costs no more memory than the limit.
 */
export class KeptOutput {
  readonly #limit: number;
  readonly #streams: Readonly<Record<OutputStream, Kept>> = {
    stdout: { total: 0, blocks: [] },
    stderr: { total: 0, blocks: [] },
  };
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The memory that it takes, in bytes. */
  get size(): number {
    return this.#size;
  }

  /** How many bytes came, of each stream. */
  get totals(): Readonly<Record<OutputStream, number>> {
    return { stdout: this.#streams.stdout.total, stderr: this.#streams.stderr.total };
  }

  add(stream: OutputStream, bytes: Buffer): void {
    const kept = this.#streams[stream];
    for (let done = 0; done < bytes.length;) {
      let last = kept.blocks.at(-1);
      if (last === undefined || last.length === last.bytes.length) {
        last = {
          offset: kept.total,
          bytes: this.#room(kept.blocks.length === 0 ? firstBlockSize : blockSize),
          length: 0,
        };
        kept.blocks.push(last);
      }
      const copied = bytes.copy(last.bytes, last.length, done);
      last.length += copied;
      kept.total += copied;
      done += copied;
    }
  }

  /** At most `limit` bytes of a stream, from `offset` on or from where what is kept begins. A copy. */
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

  /** A new block, or the oldest of the stream that has the most: a line on stderr outlives a flood on stdout. */
  #room(size: number): Buffer {
    if (this.#size + size > this.#limit) {
      const [most] = outputStreams
        .map((stream) => this.#streams[stream].blocks)
        .toSorted((one, other) => other.length - one.length);
      const oldest = most?.shift();
      if (oldest?.bytes.length === size) return oldest.bytes;
      this.#size -= oldest?.bytes.length ?? 0;
    }
    this.#size += size;
    return Buffer.allocUnsafeSlow(size);
  }
}
