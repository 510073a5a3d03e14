import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { maxDocumentBytes } from "../util/json-scan.ts";
import { parseDocuments, skipBlank } from "./documents.ts";
import { createLike, listSources, type Places } from "./places.ts";
import type { Repeatedly } from "./repeatedly.ts";
import { fileSource, leftoverSource, type Source } from "./sources.ts";
import { isFinished, type Patience, type Still } from "./stillness.ts";
import { isCutYaml } from "./yaml-text.ts";

export interface TakerOptions {
  readonly places: Places;
  readonly patience: Patience;
  readonly repeatedly: Repeatedly;
  /** One more paste stands in the folder of what is taken. */
  readonly onTaken: (id: string, still: Still) => void;
}

/** Moves pastes out of the reach of those who write them, as soon as they are whole: a second `>` would overwrite the first. */
export interface Taker extends AsyncDisposable {
  /** Takes what can be taken; resolves to whether something is being written just now. */
  readonly round: () => Promise<boolean>;
  /** Goes on with what may still come after `offset` of a file that has been deleted. */
  readonly adopt: (name: string, file: FileHandle, offset: number) => Promise<void>;
}

export function createTaker({ places, patience, repeatedly, onTaken }: TakerOptions): Taker {
  let files: ReadonlyMap<string, Source> = new Map();
  const leftovers: (Source & AsyncDisposable)[] = [];
  const closed = new WeakSet<Source>();
  /** What a round is at. */
  let current: Source | undefined;

  const round = async (): Promise<boolean> => {
    const paths = (await repeatedly(`read the folder ${places.source}`, () => listSources(places))) ?? [];
    files = new Map(paths.map((path) => [path, files.get(path) ?? fileSource(path, places.kind)]));
    let isBusy = false;
    for (const source of [...files.values(), ...leftovers]) {
      if (closed.has(source)) continue;
      current = source;
      const isBeingWritten = await repeatedly(`take ${source.name}`, () => consider(source));
      isBusy ||= isBeingWritten === true;
    }
    return isBusy;
  };

  const consider = async (source: Source): Promise<boolean> => {
    const seen = await source.stat();
    const still = source.still(seen);
    if (seen === undefined) {
      // An editor that saves takes the file away for a moment; only after that the user is shown where to paste.
      if (still >= patience.settled && places.kind === "file") await createLike(source.name);
      return false;
    }
    if (seen.size <= 0) return false;
    const bytes = await source.read();
    if (skipBlank(bytes, 0) === bytes.length) return false;
    if (!(await mayTake(bytes, still, patience))) return still < patience.settled;
    const id = places.nextId();
    const copy = await source.take(join(places.taking, id));
    onTaken(id, { seen: copy ?? seen, forMs: still });
    return false;
  };

  return {
    round,
    adopt: async (name, file, offset) => {
      leftovers.push(leftoverSource(name, file, offset));
      const oldest = leftovers.find((one) => one !== current);
      if (leftovers.length <= maxLeftovers || oldest === undefined) return;
      leftovers.splice(leftovers.indexOf(oldest), 1);
      closed.add(oldest);
      await oldest[Symbol.asyncDispose]();
    },
    async [Symbol.asyncDispose]() {
      for (const leftover of leftovers.splice(0)) await leftover[Symbol.asyncDispose]();
    },
  };
}

/** How many deleted files are kept open; a writer that pauses for longer than this many pastes loses what it writes then. */
const maxLeftovers = 64;

/**
 * Whether what is there waits no longer where it is. What stands before something cut is not held up: it is taken, and who sends it
 * waits for the rest, in the file that a writer still has open.
 */
async function mayTake(bytes: Buffer, still: number, patience: Patience): Promise<boolean> {
  if (bytes.length === maxDocumentBytes) return true;
  const { parts, end, tail } = await parseDocuments(bytes, { mayGrow: true });
  if (end === bytes.length) return true;
  if (parts.length > 0) return still >= patience.settled;
  return isFinished(tail, still, patience, () => isCutYaml(bytes));
}
