import { once } from "node:events";

/**
 * Prints what comes, until there is no more or nobody reads it any longer, such as behind `head`. What has come is
 * printed before more is asked for, so a slow reader fills no memory.
 */
export async function printLines<T>(items: AsyncIterable<T>, textOf: (item: T) => string | Buffer): Promise<void> {
  const { stdout } = process;
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  stdout.on("error", leave);
  try {
    for await (const item of items) {
      const isRoom = stdout.write(textOf(item));
      if (!isRoom) await once(stdout, "drain", { signal: gone.signal }).catch(leave);
      if (gone.signal.aborted || !stdout.writable) return;
    }
  } finally {
    stdout.off("error", leave);
  }
}
