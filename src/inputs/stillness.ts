import type { Stats } from "node:fs";
import type { Tail } from "./documents.ts";

/** What shows that a file has changed. */
export type Seen = Pick<Stats, "ino" | "size" | "mtimeMs">;

/** For how many milliseconds a file (or its absence) has looked the same, as seen by this and earlier calls. */
export type Stillness = (seen: Seen | undefined) => number;

/** `former`: how somebody else has seen it, and for how long. */
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
 * For how many milliseconds a file must look the same before what it ends with counts as finished. JSON says itself
 * whether it is: what is cut waits long for a writer that pauses. A YAML text looks finished at each line end.
 */
export interface Patience {
  readonly settled: number;
  readonly yaml: number;
  readonly cut: number;
}

/** Whether what was still for so long, and has such an end, is finished; `isCut` looks whether YAML cannot be all. */
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
