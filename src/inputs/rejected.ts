import { open } from "node:fs/promises";
import { decodeTime } from "ulid";
import { joinedLines } from "../util/lines.ts";

/** A part of a paste that cannot be sent. */
export interface Rejection {
  /** Identifies the part of the paste. The key is the same each time the paste is read. */
  readonly key: string;
  readonly reason: string;
  readonly text: Buffer;
}

/**
 * Appends parts of the paste `id` to the file at `path`, each as a comment line (time, key, reason) and its original
 * text. Parts that an earlier daemon has already written are left out. Resolves to the number of appended parts, when
 * these parts are on the disk.
 */
export async function appendRejected(path: string, id: string, rejections: readonly Rejection[]): Promise<number> {
  await using file = await open(path, "a+", 0o600);
  const { size } = await file.stat();
  const from = Math.max(0, size - maxReadBack);
  const { buffer: written } = await file.read({ buffer: Buffer.alloc(size - from), position: from });
  const isTorn = size > 0 && written.at(-1) !== 0x0a;
  const known = keysIn(written.subarray(0, isTorn ? lastEntryStart(written) : written.length));
  const missing = rejections.filter(({ key }) => !known.has(key));
  if (missing.length === 0) return 0;
  const taken = new Date(decodeTime(id)).toISOString();
  const entries = missing.flatMap(({ key, reason, text }) => [
    `# ${taken} ${key} ${joinedLines(reason)}\n`,
    text,
    "\n\n",
  ]);
  await file.appendFile(Buffer.concat([isTorn ? "\n" : "", ...entries].map((piece) => Buffer.from(piece))));
  await file.sync();
  return missing.length;
}

const maxReadBack = 16 * 1024 * 1024;

function keysIn(written: Buffer): ReadonlySet<string> {
  return new Set(Array.from(written.toString("latin1").matchAll(/^# \S+ (\S+)/gm), ([, key]) => key ?? ""));
}

/** The start of the last entry. If a crash has cut this entry, the entry is written again. */
function lastEntryStart(written: Buffer): number {
  return Math.max(0, written.lastIndexOf("\n# "));
}
