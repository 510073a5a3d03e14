import { addAbortSignal, type Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { maxDataBytes } from "../protocol/message.ts";

/** What a block of lines holds at most, unless one line alone is longer, in bytes of UTF-8. */
const blockBytes = 64 * 1024;
/** How long a line waits for its block to fill, in milliseconds. */
const blockMs = 200;
/** A line that fits no message is cut into pieces of so many bytes, none of which takes more than 6 bytes in JSON. */
const pieceLength = Math.floor(maxDataBytes / 6);

/**
 * Cuts a stream into blocks of whole lines: a block ends at 64 KiB, or 200 ms after its first line came. It is a text,
 * or its bytes where they are not UTF-8. A last line without a line feed is a block's end all the same. A line that fits
 * no message comes in pieces, and `onCut` is told. When `signal` ends the reading, what has been read still comes.
 * @throws StewardError fileUnreadable, after all that was read
 */
export async function* lineBlocks(
  input: Readable,
  signal: AbortSignal,
  onCut: () => void,
): AsyncGenerator<string | Buffer> {
  const read = reader(input, signal);
  // Of latin1: a character for each byte.
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

/** Reads chunk by chunk, and never rejects: a chunk is read ahead while nobody awaits it. */
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

/** A block as it is carried: as a text if its bytes are one. */
function carried(block: string): string | Buffer {
  const bytes = Buffer.from(block, "latin1");
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Where the first full block ends; 0 while there is none. */
function blockEnd(text: string): number {
  const end = text.lastIndexOf("\n", blockBytes - 1) + 1;
  if (end === 0) return longLineEnd(text);
  return text.length > blockBytes ? end : 0;
}

/** Where the first block ends if its first line alone fills it, and maybe no message could hold it; 0 if unknown yet. */
function longLineEnd(text: string): number {
  const end = text.indexOf("\n") + 1;
  const line = end === 0 ? text : text.slice(0, end);
  if (!fits(line)) return pieceEnd(text);
  return line.length > blockBytes ? end : 0;
}

/** As a text, in which an escape takes up to 6 bytes; or as base64, four characters of which carry three bytes. */
function fits(line: string): boolean {
  if (JSON.stringify(line).length - 2 > maxDataBytes) return false;
  if (line.length <= (maxDataBytes * 3) / 4) return true;
  try {
    // It may end in the middle of a character.
    new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(line, "latin1"), { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Between two characters, not between the bytes of one. */
function pieceEnd(text: string): number {
  let end = pieceLength;
  while (end > pieceLength - 4 && (text.charCodeAt(end) & 0xc0) === 0x80) end -= 1;
  return end;
}
