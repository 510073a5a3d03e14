import { type FileHandle, open } from "node:fs/promises";
import { maxDocumentBytes } from "../util/json-scan.ts";
import { countLines } from "../util/lines.ts";
import { parseDocuments, type Tail } from "./documents.ts";
import type { Rejection } from "./rejected.ts";
import { readWindow } from "./sources.ts";
import { createStillness, type Still, type Stillness } from "./stillness.ts";

export type ParsedEntry<Message> =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly reason: string };
export type WithId<Message> = Message & { readonly id: string };

/** A taken file that is being sent to the broker. */
export interface Paste {
  readonly id: string;
  readonly path: string;
  /** Still open when the file is deleted, since a writer may add to it even then. */
  readonly file: FileHandle;
  readonly still: Stillness;
  position: Position;
  /** Parts that could not be written to the rejected file so far. */
  rejections: readonly Rejection[];
}

/** How much of a paste is sent. */
interface Position {
  readonly offset: number;
  readonly line: number;
  readonly elements: number;
  readonly brokenParts: number;
}

/** The next part of a paste. */
export interface Batch<Message> {
  readonly messages: readonly { readonly message: WithId<Message>; readonly text: Buffer }[];
  readonly rejections: readonly Rejection[];
  readonly next: Position;
}

export async function openPaste(id: string, path: string, still?: Still): Promise<Paste> {
  return {
    id,
    path,
    file: await open(path),
    still: createStillness(still),
    position: { offset: 0, line: 1, elements: 0, brokenParts: 0 },
    rejections: [],
  };
}

/** Opens a paste again whose file was closed; it continues at its position. */
export async function reopen(paste: Paste): Promise<Paste> {
  return { ...paste, file: await open(paste.path) };
}

/**
 * Reads on from the paste's position, up to the point from which further growth could change the result. So an
 * element's number, and with it its message's id, is the same whenever and however often the paste is read. The end of
 * a file of `size` bytes is read when `isFinished` allows it. Undefined when there is nothing to read now.
 */
export async function readBatch<Message extends object>(
  { id, file, position }: Paste,
  size: number,
  isFinished: (tail: Tail, bytes: Buffer) => Promise<boolean>,
  parse: (value: unknown) => ParsedEntry<Message>,
): Promise<Batch<Message> | undefined> {
  const { line, offset } = position;
  const window = await readWindow(file, offset);
  let { parts, end, tail } = await parseDocuments(window, { mayGrow: true, line });
  const isAll = offset + window.length === size;
  // An incomplete document that fills the whole window is too large: it ends here.
  const isTooLarge = window.length === maxDocumentBytes;
  if (end === 0 && tail !== undefined && (isTooLarge || (isAll && (await isFinished(tail, window))))) {
    ({ parts, end } = await parseDocuments(window, { line }));
  }
  if (end === 0) return undefined;

  const messages: { message: WithId<Message>; text: Buffer }[] = [];
  const rejections: Rejection[] = [];
  let { elements, brokenParts } = position;
  for (const part of parts) {
    if (part.kind === "broken") {
      rejections.push({ key: `${id}-broken-${brokenParts++}`, reason: part.reason, text: part.text });
      continue;
    }
    const key = `${id}-${elements++}`;
    const entry = parse(part.value);
    if (entry.ok) messages.push({ message: { ...entry.message, id: key }, text: part.text });
    else rejections.push({ key, reason: entry.reason, text: part.text });
  }
  return {
    messages,
    rejections,
    next: { offset: offset + end, line: line + countLines(window.subarray(0, end)), elements, brokenParts },
  };
}
