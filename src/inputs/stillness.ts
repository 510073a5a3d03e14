import type { Stats } from "node:fs";

/** What shows that a file has changed. */
export type Seen = Pick<Stats, "ino" | "size" | "mtimeMs">;

/** For how many milliseconds a file (or its absence) has looked the same, as seen by this and earlier calls. */
export type Stillness = (seen: Seen | undefined) => number;

export function createStillness(): Stillness {
  let before: string | undefined;
  let since = 0;
  return (seen) => {
    const now = seen === undefined ? "missing" : `${seen.ino} ${seen.size} ${seen.mtimeMs}`;
    if (now !== before) since = performance.now();
    before = now;
    return performance.now() - since;
  };
}
