import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { Attempt } from "./attempt.ts";
import { parseDocuments, skipBlank } from "./documents.ts";
import { maxDocumentBytes } from "../protocol/json-scan.ts";
import { createLike, listSources, type Places } from "./places.ts";
import { fileSource, leftoverSource, type Source } from "./sources.ts";

export interface TakerOptions {
  readonly places: Places;
  readonly settleMs: number;
  readonly attempt: Attempt;
  /** One more paste stands in the folder of what is taken. */
  readonly onTaken: () => void;
}

/** Moves pastes out of the reach of those who write them, as soon as they are whole: a second `>` would overwrite the first. */
export interface Taker extends AsyncDisposable {
  /** Takes what can be taken; resolves to whether something is being written just now. */
  readonly round: () => Promise<boolean>;
  /** Goes on with what may still come after `offset` of a file that has been deleted. */
  readonly adopt: (name: string, file: FileHandle, offset: number) => void;
}

export function createTaker({ places, settleMs, attempt, onTaken }: TakerOptions): Taker {
  let files: ReadonlyMap<string, Source> = new Map();
  const leftovers: (Source & AsyncDisposable)[] = [];

  const round = async (): Promise<boolean> => {
    const paths = (await attempt(`read the folder ${places.source}`, () => listSources(places))) ?? [];
    files = new Map(paths.map((path) => [path, files.get(path) ?? fileSource(path, places.kind)]));
    for (const oldest of leftovers.splice(0, leftovers.length - maxLeftovers)) await oldest[Symbol.asyncDispose]();
    let isBusy = false;
    for (const source of [...files.values(), ...leftovers]) {
      const isBeingWritten = await attempt(`take ${source.name}`, () => consider(source));
      isBusy ||= isBeingWritten === true;
    }
    return isBusy;
  };

  const consider = async (source: Source): Promise<boolean> => {
    const seen = await source.stat();
    const isSettled = source.still(seen) >= settleMs;
    if (seen === undefined) {
      // An editor that saves takes the file away for a moment; only after that the user is shown where to paste.
      if (isSettled && places.kind === "file") await createLike(source.name);
      return false;
    }
    if (seen.size <= 0) return false;
    const bytes = await source.read();
    if (skipBlank(bytes, 0) === bytes.length) return false;
    if (!isSettled && !(await isWhole(bytes))) return true;
    await source.take(join(places.taking, places.nextId()));
    onTaken();
    return false;
  };

  return {
    round,
    adopt: (name, file, offset) => void leftovers.push(leftoverSource(name, file, offset)),
    async [Symbol.asyncDispose]() {
      for (const leftover of leftovers.splice(0)) await leftover[Symbol.asyncDispose]();
    },
  };
}

/** How many deleted files are kept open; a writer that pauses for longer than this many pastes loses what it writes then. */
const maxLeftovers = 64;

async function isWhole(bytes: Buffer): Promise<boolean> {
  if (bytes.length === maxDocumentBytes) return true;
  const { end } = await parseDocuments(bytes, { mayGrow: true });
  return end === bytes.length;
}
