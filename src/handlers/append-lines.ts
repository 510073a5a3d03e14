import { fstatSync, ftruncateSync, readSync, write } from "node:fs";
import { promisify } from "node:util";

const writeSome = promisify(write);
const lineFeed = Buffer.from("\n");

/**
 * Appends lines to a file that is open for reading and appending. Each line is appended once, as a separate line. If a
 * write fails halfway, the written part is removed.
 */
export async function appendLines(file: number, lines: Buffer): Promise<void> {
  const { size } = fstatSync(file);
  const bytes = following(file, size, lines);
  let written = 0;
  try {
    while (written < bytes.length) {
      written += (await writeSome(file, bytes, written, bytes.length - written, null)).bytesWritten;
    }
  } catch (error) {
    // If another program has appended to the file meanwhile, the file is not cut.
    if (written > 0 && fstatSync(file).size === size + written) ftruncateSync(file, size);
    throw error;
  }
}

/**
 * The bytes to append to a file of `size` bytes. The file may end in the middle of a line, because the machine or the
 * daemon ended during a write. If the end of the file is a beginning of `lines`, that write was of the same lines, and
 * only their missing rest is appended. Otherwise a line feed comes first.
 */
function following(file: number, size: number, lines: Buffer): Buffer {
  if (size === 0 || read(file, size, 1).equals(lineFeed)) return lines;
  const end = read(file, size, Math.min(size, lines.length - 1));
  let begun = end.length === size ? 0 : firstLine(end, 0);
  while (begun < end.length && !end.subarray(begun).equals(lines.subarray(0, end.length - begun))) {
    begun = firstLine(end, begun);
  }
  return begun < end.length ? lines.subarray(end.length - begun) : Buffer.concat([lineFeed, lines]);
}

/** The start of the first line after `from`; the length of `bytes` if there is no such line. */
function firstLine(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(lineFeed, from);
  return at === -1 ? bytes.length : at + 1;
}

/** The last `length` bytes of a file of `size` bytes. */
function read(file: number, size: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, size - length));
}
