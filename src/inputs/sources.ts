import { createWriteStream, type Stats } from "node:fs";
import { type FileHandle, mkdir, open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { StewardError } from "../protocol/errors.ts";
import { maxDocumentBytes } from "../util/json-scan.ts";
import { createLike, type Places, statIfThere } from "./places.ts";
import { createStillness, type Seen, type Stillness } from "./stillness.ts";

/** A source of pastes. */
export interface Source {
  readonly name: string;
  readonly still: Stillness;
  stat(): Promise<Seen | undefined>;
  /** Reads the beginning of the content, up to the largest size of a document. */
  read(): Promise<Buffer>;
  /**
   * Moves the whole content to a new file. Resolves when a crash of the machine can no longer undo the move. If the
   * content is copied and not renamed, no other program writes to the new file; `take` then resolves to the properties
   * of the copy.
   */
  take(to: string): Promise<Seen | undefined>;
}

/**
 * A file that people and programs write. After the file is taken, an empty file replaces the file, except in a folder
 * of pastes.
 */
export function fileSource(path: string, kind: Places["kind"]): Source {
  return {
    name: path,
    still: createStillness(),
    async stat() {
      const stats = await statIfThere(path);
      // A pipe is refused, because opening a pipe would wait for a writer without end.
      if (stats?.isFile() === false) throw new StewardError("fileUnreadable", `${path} is not a regular file`);
      return stats;
    },
    async read() {
      await using file = await open(path);
      return await readWindow(file, 0);
    },
    async take(to) {
      const former: Stats = await stat(path);
      await mkdir(dirname(to), { recursive: true, mode: 0o700 });
      await rename(path, to);
      if (kind === "file") await createLike(path, former);
      await syncFolder(dirname(to));
      return undefined;
    },
  };
}

/**
 * The text that a writer adds to a taken file after the file was deleted. For example, `cat >>` keeps the file open
 * while a person types.
 */
export function leftoverSource(name: string, file: FileHandle, from: number): Source & AsyncDisposable {
  let offset = from;
  return {
    name,
    still: createStillness(),
    async stat() {
      const { ino, size, mtimeMs } = await file.stat();
      return { ino, size: size - offset, mtimeMs };
    },
    read: () => readWindow(file, offset),
    async take(to) {
      const { size } = await file.stat();
      await pipeline(
        file.createReadStream({ start: offset, end: size - 1, autoClose: false }),
        createWriteStream(to, { flags: "wx", mode: 0o600, flush: true }),
      );
      offset = size;
      await syncFolder(dirname(to));
      return await stat(to);
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}

/** Reads from `offset`, up to the largest size of a document. */
export async function readWindow(file: FileHandle, offset: number): Promise<Buffer> {
  const { size } = await file.stat();
  const buffer = Buffer.alloc(Math.max(0, Math.min(size - offset, maxDocumentBytes)));
  const { bytesRead } = await file.read({ buffer, position: offset });
  return buffer.subarray(0, bytesRead);
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path);
  await folder.sync();
}
