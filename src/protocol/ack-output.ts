import type { Ack, Output, OutputStream } from "./ack.ts";

/** The line in an ACK's output that replaces `omitted` bytes. */
export function gapMark(omitted: number): string {
  return `\n[steward: ${omitted} bytes left out here]\n`;
}

/** The bytes of one output stream that an ACK contains: the beginning and the end of the stream. */
export interface AckOutput {
  /** The number of bytes in the whole stream. */
  readonly total: number;
  /** The beginning of the stream; the whole stream if nothing was left out. */
  readonly head: Buffer;
  /** The end of the stream, up to `total`. */
  readonly tail: Buffer;
}

const nothing = Buffer.alloc(0);
const anyMark = /\n\[steward: \d+ bytes left out here\]\n/;

/** The bytes of a stream in an ACK; undefined if this version does not know the encoding. */
export function heldBytes(output: Output, stream: OutputStream): Buffer | undefined {
  const { encoding } = output;
  if (encoding === undefined) return Buffer.from(output[stream]);
  return encoding === "base64" ? Buffer.from(output[stream], "base64") : undefined;
}

/** Reads a stream from an ACK. Undefined if the ACK has no output, or if this version does not know the encoding. */
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
  // The output was cut a second time, to fit the broker's limit. Only its beginning is left. If that beginning contains
  // a mark of the first cut, it is valid up to this mark.
  const end = held.toString("latin1").search(anyMark);
  return { total, head: end < 0 ? held : held.subarray(0, end), tail: nothing };
}

/** The bytes of a stream from `offset` up to the next gap or the end; undefined if the ACK has no byte at `offset`. */
export function partAt({ total, head, tail }: AckOutput, offset: number): Buffer | undefined {
  if (offset < head.length) return head.subarray(offset);
  const tailAt = total - tail.length;
  return offset >= tailAt && offset < total ? tail.subarray(offset - tailAt) : undefined;
}

/**
 * The position of the mark that is nearest to the middle. The program itself may have printed a text like the mark. The
 * head and the tail differ in length by less than one character, so the real mark is the one in the middle.
 */
function nearestTo(middle: number, mark: Buffer, held: Buffer): number {
  let nearest = -1;
  for (let at = held.indexOf(mark); at >= 0; at = held.indexOf(mark, at + 1)) {
    if (nearest < 0 || Math.abs(at - middle) < Math.abs(nearest - middle)) nearest = at;
  }
  return nearest;
}
