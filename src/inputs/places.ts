import { constants, type Stats } from "node:fs";
import { access, lstat, mkdir, open, readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, parse, sep } from "node:path";
import { decodeTime, monotonicFactory } from "ulid";
import { StewardError } from "../protocol/errors.ts";

/** The files and folders of an inbox. All are on the same file system, so that a rename can take a paste. */
export interface Places {
  readonly kind: "file" | "folder";
  /** The real path of the file or folder, without links. */
  readonly source: string;
  /** The device and inode number of the inbox's folder. They change if another folder gets the same name. */
  readonly folder: string;
  readonly taking: string;
  readonly rejected: string;
  /**
   * Makes the id of the next paste. The id is greater than all earlier ids, even if the clock of an earlier daemon was
   * ahead.
   */
  readonly nextId: () => string;
}

/**
 * Finds the places of an inbox. If the path does not exist, it is created: as a folder if the path ends in a slash,
 * otherwise as an empty file. Nothing is created if the path cannot be an inbox.
 * @throws StewardError fileUnreadable, or the system's error
 */
export async function findPlaces(path: string): Promise<Places> {
  const isMissing = (await statIfThere(path)) === undefined;
  if (isMissing) await (path.endsWith(sep) ? mkdir(path, { mode: 0o700 }) : createLike(path));
  const source = await realpath(path);
  const stats = await stat(source);
  // Only files and folders are accepted. Opening a pipe would wait for a writer without end, and a device has no end.
  if (!stats.isFile() && !stats.isDirectory()) {
    throw new StewardError("fileUnreadable", `${source} is neither a regular file nor a folder`);
  }
  const kind = stats.isDirectory() ? "folder" : "file";
  const inside = folderOf({ kind, source });
  await access(inside, constants.W_OK | constants.X_OK);
  const stem = kind === "folder" ? join(source, "inmsg") : join(inside, parse(source).name);
  const taking = `${stem}.taking`;
  await mkdir(taking, { recursive: true, mode: 0o700 });
  const nextId = monotonicFactory();
  const newest = (await listTaken(taking)).at(-1);
  if (newest !== undefined) nextId(decodeTime(newest) + 1);
  return {
    kind,
    source,
    folder: identityOf(await stat(inside)),
    taking,
    rejected: `${stem}.rejected.txt`,
    nextId: () => nextId(),
  };
}

/**
 * True if a path still leads to these places. A missing file counts as unchanged, because an editor that saves may
 * remove the file for a moment, and the taker creates a missing file again.
 */
export async function isStill(path: string, places: Places | undefined): Promise<boolean> {
  if (places === undefined) return false;
  const inside = await statIfThere(folderOf(places));
  if (inside === undefined || identityOf(inside) !== places.folder) return false;
  const source = await realpath(path).catch((error: unknown) => {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  });
  if (source !== undefined)
    return source === places.source && (await stat(source)).isDirectory() === (places.kind === "folder");
  // A link whose target does not exist counts as another place.
  return (await lstat(path).catch(() => undefined)) === undefined;
}

function folderOf({ kind, source }: Pick<Places, "kind" | "source">): string {
  return kind === "folder" ? source : dirname(source);
}

function identityOf({ dev, ino }: Stats): string {
  return `${dev} ${ino}`;
}

/** The files that may contain a paste. In a folder, the oldest file is first. */
export async function listSources({ kind, source }: Places): Promise<readonly string[]> {
  if (kind === "file") return [source];
  const files: { readonly path: string; readonly writtenAt: number }[] = [];
  for (const name of (await readdir(source)).filter(isSourceName).toSorted()) {
    const path = join(source, name);
    const stats = await statIfThere(path);
    if (stats?.isFile() === true) files.push({ path, writtenAt: stats.mtimeMs });
  }
  return files.toSorted((a, b) => a.writtenAt - b.writtenAt).map(({ path }) => path);
}

/** True if the inbox must react to a change of this file or folder. */
export function concerns({ kind, source }: Places, path: string): boolean {
  return path === source || (kind === "folder" && isSourceName(basename(path)));
}

/** The ids of the taken pastes that are not finished, in the order in which they were taken. */
export async function listTaken(taking: string): Promise<readonly string[]> {
  return (await readdir(taking)).filter((name) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(name)).toSorted();
}

/**
 * Creates an empty file if the file is missing. The new file gets the mode and owner of the earlier file, so that the
 * same users can write to the file.
 */
export async function createLike(path: string, former?: Stats): Promise<void> {
  try {
    await using file = await open(path, former === undefined ? "a" : "ax", 0o600);
    if (former !== undefined) {
      await file.chown(former.uid, former.gid).catch(() => undefined);
      await file.chmod(former.mode & 0o777);
    }
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  }
}

export async function statIfThere(path: string): Promise<Stats | undefined> {
  return await stat(path).catch((error: unknown) => {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  });
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function isSourceName(name: string): boolean {
  return !name.startsWith(".") && !/\.rejected\.txt$|\.taking$|~$/.test(name);
}
