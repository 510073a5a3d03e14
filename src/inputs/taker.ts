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
  /** Another paste is in the folder of taken pastes. */
  readonly onTaken: (id: string, still: Still) => void;
}

/** Moves pastes away from their writers as soon as they are complete: a second `>` would overwrite the first paste. */
export interface Taker extends AsyncDisposable {
  /** Takes what can be taken; resolves to whether some file is being written now. */
  readonly round: () => Promise<boolean>;
  /** Watches a deleted file for text that is added after `offset`. */
  readonly adopt: (name: string, file: FileHandle, offset: number) => Promise<void>;
}

export function createTaker({ places, patience, repeatedly, onTaken }: TakerOptions): Taker {
  let files: ReadonlyMap<string, Source> = new Map();
  const leftovers: (Source & AsyncDisposable)[] = [];
  const closed = new WeakSet<Source>();
  /** The source that the present round works on. */
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
      // An editor that saves removes the file for a moment. If it stays away longer, an empty file shows the user where
      // to paste.
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

/** How many deleted files are kept open. A writer that pauses during this many further pastes loses its later text. */
const maxLeftovers = 64;

/**
 * Whether the content may be taken now. Complete parts do not wait for an incomplete end: the file is taken, and the
 * sender waits for the rest, in the file that a writer still has open.
 */
async function mayTake(bytes: Buffer, still: number, patience: Patience): Promise<boolean> {
  if (bytes.length === maxDocumentBytes) return true;
  const { parts, end, tail } = await parseDocuments(bytes, { mayGrow: true });
  if (end === bytes.length) return true;
  if (parts.length > 0) return still >= patience.settled;
  return isFinished(tail, still, patience, () => isCutYaml(bytes));
}
