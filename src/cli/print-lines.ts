import { asLines, writeOutput } from "./print.ts";
import { stdout } from "./stdio.ts";

/**
 * Prints items until the last item, or until the reader of stdout, such as `head`, closes the pipe. Each item is
 * printed before the next item is requested, so that a slow reader does not fill the memory. `textOf` returns a line, or the
 * bytes of the output of a program. `signal` ends the items and the printing. Resolves to true if there was an item.
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
