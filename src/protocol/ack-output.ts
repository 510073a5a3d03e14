import type { Ack, Output, OutputStream } from "./ack.ts";

/** The line in an ACK's output that replaces `omitted` bytes. */
export function gapMark(omitted: number): string {
  return `\n[steward: ${omitted} bytes left out here]\n`;
}

/** The part of one output stream that an ACK contains, to the byte: its beginning and its end. */
export interface AckOutput {
  /** How many bytes the stream had in total. */
  readonly total: number;
  /** From offset 0 on; the whole stream if nothing was left out. */
  readonly head: Buffer;
  /** The end of the stream, up to `total`. */
  readonly tail: Buffer;
}

const nothing = Buffer.alloc(0);
const anyMark = /\n\[steward: \d+ bytes left out here\]\n/;

/** The bytes of a stream in an ACK; undefined when this version does not know their encoding. */
export function heldBytes(output: Output, stream: OutputStream): Buffer | undefined {
  const { encoding } = output;
  if (encoding === undefined) return Buffer.from(output[stream]);
  return encoding === "base64" ? Buffer.from(output[stream], "base64") : undefined;
}

/** Reads a stream out of an ACK; undefined when the ACK has no output, or this version does not know its encoding. */
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
  // It was cut a second time, to fit the broker: only the beginning is left, up to its end or to the first cut's mark.
  const end = held.toString("latin1").search(anyMark);
  return { total, head: end < 0 ? held : held.subarray(0, end), tail: nothing };
}

/** The contiguous bytes of a stream in an ACK from `offset` on; undefined when the ACK has none there. */
export function partAt({ total, head, tail }: AckOutput, offset: number): Buffer | undefined {
  if (offset < head.length) return head.subarray(offset);
  const tailAt = total - tail.length;
  return offset >= tailAt && offset < total ? tail.subarray(offset - tailAt) : undefined;
}

/** Head and tail have the same length, up to a broken character. So a mark that the run itself printed is not taken. */
function nearestTo(middle: number, mark: Buffer, held: Buffer): number {
  let nearest = -1;
  for (let at = held.indexOf(mark); at >= 0; at = held.indexOf(mark, at + 1)) {
    if (nearest < 0 || Math.abs(at - middle) < Math.abs(nearest - middle)) nearest = at;
  }
  return nearest;
}
