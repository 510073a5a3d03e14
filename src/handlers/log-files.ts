import { closeSync, constants, fstatSync, fsync, mkdirSync, openSync, renameSync, statSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { errnoOf } from "../util/errno.ts";
import { appendLines } from "./append-lines.ts";

const sync = promisify(fsync);

/**
 * The file is opened for reading too, because the end of the file is read. `O_NONBLOCK` prevents a wait if the name
 * belongs to a pipe.
 */
const openFlags = constants.O_APPEND | constants.O_CREAT | constants.O_RDWR | constants.O_NONBLOCK;
/** The largest number of tries for one text. A text is written again if its file was removed during the write. */
const mostTries = 100;
/** If a file could not be set aside, no file is set aside for this number of milliseconds. */
const pauseMs = 60_000;

export interface LogFilesOptions {
  readonly maxBytes?: number;
  readonly keep?: number;
  /** Called for a fault that loses no text, such as a failed rename. */
  readonly warn?: (text: string) => void;
}

/**
 * The append-only files in a node's `log/` folder. The texts for one file are written one after the other, even if they
 * come from several lanes. A file is opened again for each text. So the text goes to the file that has the name now,
 * even if the earlier file was moved or deleted, and nothing is kept in memory for a sender between two texts. A file
 * that becomes larger than `maxBytes` is synced to disk and renamed to `<name>.log.1`. `keep` such files stay.
 */
export class LogFiles {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #keep: number;
  readonly #warn: (text: string) => void;
  /** The last write of each file, by name. */
  readonly #writing = new Map<string, Promise<void>>();
  #noneSetAsideBefore = 0;

  constructor(folder: string, { maxBytes = 64 * 1024 * 1024, keep = 5, warn = () => {} }: LogFilesOptions = {}) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#keep = keep;
    this.#warn = warn;
  }

  /**
   * Appends lines to `<name>.log`, after all earlier lines. Resolves when the lines are written to the file that had
   * this name when it was opened.
   * @throws StewardError fileUnreadable if the name does not belong to a regular file; or the system's error
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

  /** False if the file was removed before all lines were written. In this case no file contains the lines. */
  async #appendOnce(path: string, lines: Buffer): Promise<boolean> {
    const file = openLog(path);
    try {
      await appendLines(file, lines);
      const seen = fstatSync(file);
      // On some file systems this number is always 0, so the name is looked up too.
      if (seen.nlink === 0 && !isAt(path, seen)) return false;
      if (seen.size > this.#maxBytes) await this.#setAside(path, file);
      return true;
    } finally {
      closeSync(file);
    }
  }

  /** Renames a full file. The text is already written, so a failure here is only a warning. */
  async #setAside(path: string, file: number): Promise<void> {
    if (performance.now() < this.#noneSetAsideBefore) return;
    try {
      await sync(file);
      // Another process may have renamed the file by now.
      if (isAt(path, fstatSync(file))) rename(path, this.#keep);
    } catch (error) {
      this.#noneSetAsideBefore = performance.now() + pauseMs;
      this.#warn(`${path} cannot be set aside and keeps growing: ${messageOf(error)}`);
    }
  }
}

/**
 * Opens a log file synchronously. Only the write is done in another thread, because a slow disk may delay the write.
 * For the other steps, passing the work to a thread costs ten times as much as the work itself.
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

/** True if this file still has the name `path`. */
function isAt(path: string, { dev, ino }: Stats): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  return there?.ino === ino && there.dev === dev;
}

/**
 * Adds 1 to the number of each old file. Stops at the first file that cannot be renamed, because the next file would
 * replace this file.
 */
function rename(path: string, keep: number): void {
  for (let age = keep - 1; age >= 0; age--) {
    try {
      renameSync(age === 0 ? path : `${path}.${age}`, `${path}.${age + 1}`);
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
  }
}
