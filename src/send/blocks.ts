import { addAbortSignal, type Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { maxDataBytes } from "../protocol/message.ts";

/** What a block of lines holds at most, unless one line alone is longer, in bytes of UTF-8. */
const blockBytes = 64 * 1024;
/** How long a line waits for its block to fill, in milliseconds. */
const blockMs = 200;
/** A line that fits no message is cut into pieces of so many characters, none of which takes more than 6 bytes. */
const pieceLength = Math.floor(maxDataBytes / 6);

/**
 * Cuts a stream of text into blocks of whole lines: a block ends at 64 KiB, or 200 ms after its first line came. Bytes
 * that are not UTF-8 become U+FFFD; a last line without a line feed is a block's end all the same. A line that fits no
 * message comes in pieces, and `onCut` is told. When `signal` ends the reading, what has been read still comes.
 * @throws StewardError fileUnreadable, after all that was read
 */
export async function* lineBlocks(input: Readable, signal: AbortSignal, onCut: () => void): AsyncGenerator<string> {
  const read = reader(input, signal);
  let text = "";
  let next = read();
  let due: Promise<"due"> | undefined;
  for (;;) {
    const came = await (due === undefined ? next : Promise.race([next, due]));
    if (came === "due") {
      const end = text.lastIndexOf("\n") + 1;
      if (end > 0) yield text.slice(0, end);
      text = text.slice(end);
      due = undefined;
      continue;
    }
    if (came.kind === "end") {
      if (text !== "") yield text;
      if (came.error !== undefined) throw came.error;
      return;
    }
    next = read();
    text += came.text;
    for (let end = blockEnd(text); end > 0; end = blockEnd(text)) {
      if (text[end - 1] !== "\n") onCut();
      yield text.slice(0, end);
      text = text.slice(end);
    }
    due ??= delay(blockMs, "due", { ref: false });
  }
}

type Read = { readonly kind: "text"; readonly text: string } | { readonly kind: "end"; readonly error?: StewardError };

/** Reads chunk by chunk, and never rejects: a chunk is read ahead while nobody awaits it. */
function reader(input: Readable, signal: AbortSignal): () => Promise<Read> {
  const text = addAbortSignal(signal, input).setEncoding("utf8");
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

/** Where the first full block ends; 0 while there is none. */
function blockEnd(text: string): number {
  // No more lines than that can fit, since a character of a text takes a byte at least.
  let end = text.lastIndexOf("\n", blockBytes) + 1;
  if (end === 0) return longLineEnd(text);
  let bytes = Buffer.byteLength(text.slice(0, end));
  if (bytes <= blockBytes) {
    const next = text.indexOf("\n", end);
    return next >= 0 || bytes + Buffer.byteLength(text.slice(end)) > blockBytes ? end : 0;
  }
  while (bytes > blockBytes) {
    const start = text.lastIndexOf("\n", end - 2) + 1;
    if (start === 0) return longLineEnd(text);
    bytes -= Buffer.byteLength(text.slice(start, end));
    end = start;
  }
  return end;
}

/** Where the first block ends if its first line alone fills it, and maybe no message could hold it; 0 if unknown yet. */
function longLineEnd(text: string): number {
  const end = text.indexOf("\n") + 1;
  const line = end === 0 ? text : text.slice(0, end);
  if (Buffer.byteLength(JSON.stringify(line)) - 2 > maxDataBytes) return pieceEnd(text);
  return Buffer.byteLength(line) > blockBytes ? end : 0;
}

/** Between two characters, not between the two halves of one. */
function pieceEnd(text: string): number {
  const isHigh = (text.charCodeAt(pieceLength - 1) & 0xfc00) === 0xd800;
  return isHigh ? pieceLength - 1 : pieceLength;
}
