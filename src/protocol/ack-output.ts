import type { Ack, Output, OutputStream } from "./ack.ts";

/** What stands in a text of an ACK where `omitted` bytes are left out. */
export function gapMark(omitted: number): string {
  return `\n[steward: ${omitted} bytes left out here]\n`;
}

/** What an ACK holds of one output stream, to the byte: its beginning and its end. */
export interface AckOutput {
  /** How many bytes the stream carried in all. */
  readonly total: number;
  /** From offset 0 on; everything when nothing is left out. */
  readonly head: Buffer;
  /** Up to `total`. */
  readonly tail: Buffer;
}

const nothing = Buffer.alloc(0);
const anyMark = /\n\[steward: \d+ bytes left out here\]\n/;

/** The bytes of a stream as an ACK holds them; undefined when they are encoded in a way that is not known here. */
export function heldBytes(output: Output, stream: OutputStream): Buffer | undefined {
  const { encoding } = output;
  if (encoding === undefined) return Buffer.from(output[stream]);
  return encoding === "base64" ? Buffer.from(output[stream], "base64") : undefined;
}

/** Reads a stream out of an ACK; undefined when the ACK says nothing of output, or not in a way that is known here. */
export function outputOf({ output }: Pick<Ack, "output">, stream: OutputStream): AckOutput | undefined {
  const held = output && heldBytes(output, stream);
  if (held === undefined) return undefined;
  const truncation = output?.truncated?.[stream];
  if (truncation === undefined) return { total: held.length, head: held, tail: nothing };
  const { total, omitted } = truncation;
  const mark = Buffer.from(gapMark(omitted));
  const kept = held.length - mark.length;
  const at = kept + omitted === total ? nearestTo(kept / 2, mark, held) : -1;
  if (at >= 0) return { total, head: held.subarray(0, at), tail: held.subarray(at + mark.length) };
  // Cut again to fit the broker: the beginning is left, up to the end or to a mark of the first cut.
  const end = held.toString("latin1").search(anyMark);
  return { total, head: end < 0 ? held : held.subarray(0, end), tail: nothing };
}

/** The bytes of a stream from `offset` on that an ACK holds in a row; undefined when it holds none there. */
export function partAt({ total, head, tail }: AckOutput, offset: number): Buffer | undefined {
  if (offset < head.length) return head.subarray(offset);
  const tailAt = total - tail.length;
  return offset >= tailAt && offset < total ? tail.subarray(offset - tailAt) : undefined;
}

/** Head and tail have the same length, but for a broken character: what a run prints itself can pass for no mark. */
function nearestTo(middle: number, mark: Buffer, held: Buffer): number {
  let nearest = -1;
  for (let at = held.indexOf(mark); at >= 0; at = held.indexOf(mark, at + 1)) {
    if (nearest < 0 || Math.abs(at - middle) < Math.abs(nearest - middle)) nearest = at;
  }
  return nearest;
}
