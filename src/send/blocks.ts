import { addAbortSignal, type Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { maxDataBytes } from "../protocol/message.ts";

/** The most bytes of UTF-8 in a block of lines, unless a single line is longer. */
const blockBytes = 64 * 1024;
/** How long the first line of a block waits for more lines, in milliseconds. */
const blockMs = 200;
/**
 * A line that is too long for a message is cut into pieces of this many bytes. In JSON a byte takes at most 6 bytes.
 */
const pieceLength = Math.floor(maxDataBytes / 6);

/**
 * Cuts a stream into blocks of whole lines. A block ends at 64 KiB, or 200 ms after its first line arrived. It is a
 * text, or a buffer if it is not UTF-8. A last line without a line feed ends a block too. A line that is too long for
 * a message comes in pieces, and `onCut` is called. When `signal` ends the reading, the lines read so far still come.
 * @throws StewardError fileUnreadable, after everything that was read
 */
export async function* lineBlocks(
  input: Readable,
  signal: AbortSignal,
  onCut: () => void,
): AsyncGenerator<string | Buffer> {
  const read = reader(input, signal);
  // In latin1: one character for each byte.
  let text = "";
  let next = read();
  let due: Promise<"due"> | undefined;
  for (;;) {
    const came = await (due === undefined ? next : Promise.race([next, due]));
    if (came === "due") {
      const end = text.lastIndexOf("\n") + 1;
      if (end > 0) yield carried(text.slice(0, end));
      text = text.slice(end);
      due = undefined;
      continue;
    }
    if (came.kind === "end") {
      if (text !== "") yield carried(text);
      if (came.error !== undefined) throw came.error;
      return;
    }
    next = read();
    text += came.text;
    for (let end = blockEnd(text); end > 0; end = blockEnd(text)) {
      if (text[end - 1] !== "\n") onCut();
      yield carried(text.slice(0, end));
      text = text.slice(end);
    }
    due ??= delay(blockMs, "due", { ref: false });
  }
}

type Read = { readonly kind: "text"; readonly text: string } | { readonly kind: "end"; readonly error?: StewardError };

/** Reads chunk by chunk and never rejects, because a chunk is read ahead while nothing awaits it. */
function reader(input: Readable, signal: AbortSignal): () => Promise<Read> {
  const text = addAbortSignal(signal, input).setEncoding("latin1");
  const chunks = text[Symbol.asyncIterator]() as AsyncIterator<string, undefined>;
  return async () => {
    try {
      const chunk = await chunks.next();
      return chunk.done === true ? { kind: "end" } : { kind: "text", text: chunk.value };
    } catch (error) {
      if (signal.aborted) return { kind: "end" };
      const name = "path" in input ? String(input.path) : "standard input";
      return { kind: "end", error: new StewardError("fileUnreadable", `${name} cannot be read: ${messageOf(error)}`) };
    }
  };
}

/** A block as a text if it is UTF-8, else as bytes. */
function carried(block: string): string | Buffer {
  const bytes = Buffer.from(block, "latin1");
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The end of the first full block; 0 if there is none yet. */
function blockEnd(text: string): number {
  const end = text.lastIndexOf("\n", blockBytes - 1) + 1;
  if (end === 0) return longLineEnd(text);
  return text.length > blockBytes ? end : 0;
}

/**
 * The end of the first block if its first line fills it alone and may be too long for a message; 0 if not known yet.
 */
function longLineEnd(text: string): number {
  const end = text.indexOf("\n") + 1;
  const line = end === 0 ? text : text.slice(0, end);
  if (!fits(line)) return pieceEnd(text);
  return line.length > blockBytes ? end : 0;
}

/** As a text, in which an escape takes up to 6 bytes; or as base64, where four characters hold three bytes. */
function fits(line: string): boolean {
  if (JSON.stringify(line).length - 2 > maxDataBytes) return false;
  if (line.length <= (maxDataBytes * 3) / 4) return true;
  try {
    // The line may end in the middle of a character.
    new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(line, "latin1"), { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** A place between two characters, not between the bytes of one. */
function pieceEnd(text: string): number {
  let end = pieceLength;
  while (end > pieceLength - 4 && (text.charCodeAt(end) & 0xc0) === 0x80) end -= 1;
  return end;
}
