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
  /** The file stays open after its deletion, because a writer may still add text. */
  readonly file: FileHandle;
  readonly still: Stillness;
  position: Position;
  /** Rejected parts that are not yet written to the file of rejected parts. */
  rejections: readonly Rejection[];
}

/** The position in a paste up to which all is sent. */
interface Position {
  readonly offset: number;
  readonly line: number;
  readonly elements: number;
  readonly brokenParts: number;
}

/** The next messages and rejected parts of a paste. */
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

/** Opens the closed file of a paste again. The paste continues at its position. */
export async function reopen(paste: Paste): Promise<Paste> {
  return { ...paste, file: await open(paste.path) };
}

/**
 * Reads the next part of a paste. Stops before text whose meaning could change if the writer adds more. So if the paste
 * is read again later, each element has the same number, and its message the same id. Reads up to the end of the file
 * (`size` bytes) only if `isFinished` resolves to true. Undefined if there is nothing to read now.
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
  // If an incomplete document fills the whole window, the document is too large and ends here.
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
