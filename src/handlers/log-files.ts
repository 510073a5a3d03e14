import { closeSync, constants, fstatSync, fsync, mkdirSync, openSync, renameSync, statSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { errnoOf } from "../util/errno.ts";
import { appendLines } from "./append-lines.ts";

const sync = promisify(fsync);

/** Also for reading, to see how the file ends; and without waiting, in case its name belongs to a pipe. */
const openFlags = constants.O_APPEND | constants.O_CREAT | constants.O_RDWR | constants.O_NONBLOCK;
/** How often a text is written again, at most, because its file was removed during the write. */
const mostTries = 100;
/** After a file could not be set aside, no further one is tried for this number of milliseconds. */
const pauseMs = 60_000;

export interface LogFilesOptions {
  readonly maxBytes?: number;
  readonly keep?: number;
  /** Called for a trouble that affects no text. */
  readonly warn?: (text: string) => void;
}

/**
 * The append-only files under a node's `log/` folder, with one writer for each, whatever lane the text comes from. A
 * file is opened again for each text. So the text goes to the file that people look at, even if the earlier file was
 * moved or deleted, and nothing is kept in memory for each sender. A file that grows past `maxBytes` is synced to disk
 * and set aside as `<name>.log.1`; `keep` such files stay.
 */
export class LogFiles {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #keep: number;
  readonly #warn: (text: string) => void;
  /** The last write, by name. */
  readonly #writing = new Map<string, Promise<void>>();
  #noneSetAsideBefore = 0;

  constructor(folder: string, { maxBytes = 64 * 1024 * 1024, keep = 5, warn = () => {} }: LogFilesOptions = {}) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#keep = keep;
    this.#warn = warn;
  }

  /**
   * Appends lines to `<name>.log`, after all earlier ones. Resolves when the operating system has them in the file of
   * that name.
   * @throws StewardError fileUnreadable when the name belongs to something else than a file; or the system's error
   */
  async append(name: string, lines: string | Buffer): Promise<void> {
    const before = this.#writing.get(name) ?? Promise.resolve();
    const mine = before
      .catch(() => undefined)
      .then(() => this.#append(name, typeof lines === "string" ? Buffer.from(lines) : lines));
    this.#writing.set(name, mine);
    try {
      await mine;
    } finally {
      if (this.#writing.get(name) === mine) this.#writing.delete(name);
    }
  }

  async #append(name: string, lines: Buffer): Promise<void> {
    const path = join(this.#folder, `${name}.log`);
    for (let tries = 1; !(await this.#appendOnce(path, lines)); tries++) {
      if (tries === mostTries) throw new StewardError("fileUnreadable", `${path} was removed again and again`);
    }
  }

  /** False when the file was removed before all lines were in it; then no other file has them. */
  async #appendOnce(path: string, lines: Buffer): Promise<boolean> {
    const file = openLog(path);
    try {
      await appendLines(file, lines);
      const seen = fstatSync(file);
      // Some file systems do not count the names of a file.
      if (seen.nlink === 0 && !isAt(path, seen)) return false;
      if (seen.size > this.#maxBytes) await this.#setAside(path, file);
      return true;
    } finally {
      closeSync(file);
    }
  }

  /** The file's content is written by then, so a failure here does not fail the text. */
  async #setAside(path: string, file: number): Promise<void> {
    if (performance.now() < this.#noneSetAsideBefore) return;
    try {
      await sync(file);
      // Another process may have done it by now.
      if (isAt(path, fstatSync(file))) rename(path, this.#keep);
    } catch (error) {
      this.#noneSetAsideBefore = performance.now() + pauseMs;
      this.#warn(`${path} cannot be set aside and keeps growing: ${messageOf(error)}`);
    }
  }
}

/**
 * Only the write itself is done in another thread, since a slow disk may delay it. Passing the other steps to a thread
 * would cost ten times as much as doing them here.
 */
function openLog(path: string): number {
  const file = openOrMake(path);
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw new StewardError("fileUnreadable", `${path} is not a regular file`);
}

function openOrMake(path: string): number {
  try {
    return openSync(path, openFlags, 0o640);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, openFlags, 0o640);
  }
}

/** Whether this file still has that name. */
function isAt(path: string, { dev, ino }: Stats): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  return there?.ino === ino && there.dev === dev;
}

/** Ends at the first file that cannot be renamed, because the next one would replace it. */
function rename(path: string, keep: number): void {
  for (let age = keep - 1; age >= 0; age--) {
    try {
      renameSync(age === 0 ? path : `${path}.${age}`, `${path}.${age + 1}`);
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
  }
}
