import type { Stats } from "node:fs";
import type { Tail } from "./documents.ts";

/** The properties that show whether a file has changed. */
export type Seen = Pick<Stats, "ino" | "size" | "mtimeMs">;

/** For how many milliseconds a file (or its absence) has looked the same, in this and earlier calls. */
export type Stillness = (seen: Seen | undefined) => number;

/** `former`: an earlier observation by another part, and for how long it lasted. */
export function createStillness(former?: Still): Stillness {
  let before = former && lookOf(former.seen);
  let since = performance.now() - (former?.forMs ?? 0);
  return (seen) => {
    const now = lookOf(seen);
    if (now !== before) since = performance.now();
    before = now;
    return performance.now() - since;
  };
}

export interface Still {
  readonly seen: Seen;
  readonly forMs: number;
}

function lookOf(seen: Seen | undefined): string {
  return seen === undefined ? "missing" : `${seen.ino} ${seen.size} ${seen.mtimeMs}`;
}

/**
 * For how many milliseconds a file must look the same before its end counts as finished. JSON itself shows whether it
 * is complete: an incomplete text waits long for a writer that pauses. A YAML text looks finished at each line end.
 */
export interface Patience {
  readonly settled: number;
  readonly yaml: number;
  readonly cut: number;
}

/**
 * Whether a file with this end is finished after it was unchanged for so long; `isCut` checks whether YAML is
 * incomplete.
 */
export async function isFinished(
  tail: Tail | undefined,
  forMs: number,
  { settled, yaml, cut }: Patience,
  isCut: () => Promise<boolean>,
): Promise<boolean> {
  if (forMs < settled) return false;
  if (tail === "cut") return forMs >= cut;
  return tail !== "yaml" || (forMs >= yaml && (forMs >= cut || !(await isCut())));
}
