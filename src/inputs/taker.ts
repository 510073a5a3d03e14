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
  /** Called when another paste is in the folder of taken pastes. */
  readonly onTaken: (id: string, still: Still) => void;
}

/**
 * Moves each paste away from its writer as soon as the paste is complete, because a second `>` would overwrite the
 * first paste.
 */
export interface Taker extends AsyncDisposable {
  /** Takes all pastes that can be taken. Resolves to true if a file is being written now. */
  readonly round: () => Promise<boolean>;
  /** Watches a deleted file for text that a writer adds after `offset`. */
  readonly adopt: (name: string, file: FileHandle, offset: number) => Promise<void>;
}

export function createTaker({ places, patience, repeatedly, onTaken }: TakerOptions): Taker {
  let files: ReadonlyMap<string, Source> = new Map();
  const leftovers: (Source & AsyncDisposable)[] = [];
  const closed = new WeakSet<Source>();
  /** The source that the current round reads. */
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
      // An editor that saves removes the file for a moment. If the file is missing for longer, an empty file is created
      // to show the user the place for pastes.
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

/**
 * The largest number of deleted files that are kept open. If a writer pauses during this number of further pastes, its
 * later text is lost.
 */
const maxLeftovers = 64;

/**
 * True if the content may be taken now. If the content has complete parts, the file is taken even if its end is
 * incomplete. The sender then waits for the rest, which the writer adds to the taken file.
 */
async function mayTake(bytes: Buffer, still: number, patience: Patience): Promise<boolean> {
  if (bytes.length === maxDocumentBytes) return true;
  const { parts, end, tail } = await parseDocuments(bytes, { mayGrow: true });
  if (end === bytes.length) return true;
  if (parts.length > 0) return still >= patience.settled;
  return isFinished(tail, still, patience, () => isCutYaml(bytes));
}
