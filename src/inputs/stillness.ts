import type { Stats } from "node:fs";
import type { Tail } from "./documents.ts";

/** The properties that show whether a file has changed. */
export type Seen = Pick<Stats, "ino" | "size" | "mtimeMs">;

/**
 * Returns the number of milliseconds since the file last changed, appeared or disappeared. Each call compares the file
 * with its state at the previous call.
 */
export type Stillness = (seen: Seen | undefined) => number;

/**
 * `former` is the last observation of another part of the inbox: the state of the file, and for how long it was
 * unchanged.
 */
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
 * The number of milliseconds for which a file must be unchanged before its end counts as finished. Incomplete JSON can
 * be recognised, so its time (`cut`) is long, for a writer that pauses. YAML looks finished at each line end, so `yaml`
 * is a separate time.
 */
export interface Patience {
  readonly settled: number;
  readonly yaml: number;
  readonly cut: number;
}

/**
 * True if a file with this end is finished, after it was unchanged for `forMs`. `isCut` resolves to true for incomplete
 * YAML.
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
