import { once } from "node:events";
import { asLines, writeOutput } from "./print.ts";

/**
 * Prints what comes, until there is no more or nobody reads it any longer, such as behind `head`. What has come is
 * printed before more is asked for, so a slow reader fills no memory. `textOf` gives a line, or bytes with a program's output.
 */
export async function printLines<T>(items: AsyncIterable<T>, textOf: (item: T) => string | Buffer): Promise<void> {
  const { stdout } = process;
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  stdout.on("error", leave);
  try {
    for await (const item of items) {
      const text = textOf(item);
      const isRoom = writeOutput("stdout", typeof text === "string" ? Buffer.from(asLines([text])) : text);
      if (!isRoom) await once(stdout, "drain", { signal: gone.signal }).catch(leave);
      if (gone.signal.aborted || !stdout.writable) return;
    }
  } finally {
    stdout.off("error", leave);
  }
}
