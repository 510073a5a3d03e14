import { addAbortSignal, type Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { maxDataBytes } from "../protocol/message.ts";

/** The largest number of bytes of UTF-8 in a block of lines. Only a block with a single line may be larger. */
const blockBytes = 64 * 1024;
/** How long the first line of a block waits for more lines, in milliseconds. */
const blockMs = 200;
/**
 * A line that is too long for a message is cut into pieces of this many bytes. In JSON, a byte of a line may take up to
 * 6 bytes.
 */
const pieceLength = Math.floor(maxDataBytes / 6);

/**
 * Cuts a stream into blocks of whole lines. A block ends at 64 KiB, or 200 ms after its first line arrived. A block is
 * a text, or a buffer if its bytes are not UTF-8. The last line may end without a line feed. A line that is too long
 * for a message comes in pieces, and `onCut` is called for each piece. When `signal` ends the reading, the lines that
 * were read before still come.
 * @throws StewardError fileUnreadable, after all blocks that were read
 */
export async function* lineBlocks(
  input: Readable,
  signal: AbortSignal,
  onCut: () => void,
): AsyncGenerator<string | Buffer> {
  const read = reader(input, signal);
  // The text is latin1: one character for each byte.
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

/**
 * Returns a function that reads the next chunk. This function never rejects, because a chunk is read ahead while
 * nothing awaits it.
 */
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

/** Converts a block into a text. Converts the block into bytes if it is not UTF-8. */
function carried(block: string): string | Buffer {
  const bytes = Buffer.from(block, "latin1");
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The end of the first full block. 0 if no block is full yet. */
function blockEnd(text: string): number {
  const end = text.lastIndexOf("\n", blockBytes - 1) + 1;
  if (end === 0) return longLineEnd(text);
  return text.length > blockBytes ? end : 0;
}

/**
 * The end of the first block, if its first line fills the block alone and may be too long for a message. 0 if this end
 * is not known yet.
 */
function longLineEnd(text: string): number {
  const end = text.indexOf("\n") + 1;
  const line = end === 0 ? text : text.slice(0, end);
  if (!fits(line)) return pieceEnd(text);
  return line.length > blockBytes ? end : 0;
}

/**
 * True if a line fits into a message. In a text, an escape takes up to 6 bytes. In base64, four characters hold three
 * bytes.
 */
function fits(line: string): boolean {
  if (JSON.stringify(line).length - 2 > maxDataBytes) return false;
  if (line.length <= (maxDataBytes * 3) / 4) return true;
  try {
    // `stream`, because the line may end in the middle of a character.
    new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(line, "latin1"), { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The end of a piece. It is between two characters, and never inside a character of several bytes. */
function pieceEnd(text: string): number {
  let end = pieceLength;
  while (end > pieceLength - 4 && (text.charCodeAt(end) & 0xc0) === 0x80) end -= 1;
  return end;
}
