import { asLines, writeOutput } from "./print.ts";
import { stdout } from "./stdio.ts";

/**
 * Prints items until there are no more, or until the reader has left, such as `head`. Each item is printed before the
 * next is requested, so that a slow reader does not fill the memory. `textOf` returns a line, or the bytes of a
 * program's output. `signal` ends the printing, and the items. Resolves to whether there was an item.
 */
export async function printLines<T>(
  items: AsyncIterable<T>,
  textOf: (item: T) => string | Buffer,
  signal: AbortSignal,
): Promise<boolean> {
  let isAny = false;
  try {
    for await (const item of items) {
      isAny = true;
      const text = textOf(item);
      await writeOutput("stdout", typeof text === "string" ? Buffer.from(asLines([text])) : text);
      if (stdout.closed.aborted) return isAny;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return isAny;
}
