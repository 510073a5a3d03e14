import { asLines, writeOutput } from "./print.ts";
import { stdout } from "./stdio.ts";

/**
 * Prints what comes, until there is no more or nobody reads it any longer, such as behind `head`. What has come is
 * printed before more is asked for, so a slow reader fills no memory. `textOf` gives a line, or bytes with a program's
 * output. `signal` ends it, also in the items.
 */
export async function printLines<T>(
  items: AsyncIterable<T>,
  textOf: (item: T) => string | Buffer,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const item of items) {
      const text = textOf(item);
      await writeOutput("stdout", typeof text === "string" ? Buffer.from(asLines([text])) : text);
      if (stdout.gone.aborted) return;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
