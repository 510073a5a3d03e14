import type { Readable } from "node:stream";

/** The bytes that a block of log lines holds at most, unless one line alone is longer. */
const blockBytes = 64 * 1024;
/** How long a line waits for its block to fill, in milliseconds. */
const blockMs = 200;

/**
 * Cuts a stream of text into blocks of whole lines: a block ends at 64 KiB, or 200 ms after its first line came. Bytes
 * that are not UTF-8 become U+FFFD; a last line without a line feed is a block's end all the same.
 */
export async function* lineBlocks(input: Readable): AsyncGenerator<string> {
  const chunks = input.setEncoding("utf8")[Symbol.asyncIterator]() as AsyncIterator<string>;
  let rest = "";
  let deadline: Promise<"time"> | undefined;
  let next = chunks.next();
  for (;;) {
    const what = await Promise.race(deadline === undefined ? [next] : [next, deadline]);
    if (what === "time" || what.done === true) {
      const end = what === "time" ? rest.lastIndexOf("\n") + 1 : rest.length;
      if (end > 0) yield rest.slice(0, end);
      rest = rest.slice(end);
      deadline = undefined;
      if (what !== "time") return;
      continue;
    }
    next = chunks.next();
    rest += what.value;
    for (let end = blockEnd(rest); end > 0; end = blockEnd(rest)) {
      yield rest.slice(0, end);
      rest = rest.slice(end);
    }
    deadline ??= new Promise((resolve) => setTimeout(() => resolve("time"), blockMs));
  }
}

/** Where the first full block ends; 0 when there is none yet. Counts characters, of which none takes more than 4 bytes. */
function blockEnd(text: string): number {
  if (Buffer.byteLength(text) <= blockBytes) return 0;
  let end = 0;
  let bytes = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", end)) {
    const lineBytes = Buffer.byteLength(text.slice(end, at + 1));
    if (end > 0 && bytes + lineBytes > blockBytes) return end;
    bytes += lineBytes;
    end = at + 1;
  }
  return end;
}
