import { closeSync, constants, fstatSync, fsync, mkdirSync, openSync, renameSync, statSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { errnoOf } from "../util/errno.ts";
import { appendLines } from "./append-lines.ts";

const sync = promisify(fsync);

/** To read as well, for what a file ends with; and a pipe in its place makes nobody wait. */
const openFlags = constants.O_APPEND | constants.O_CREAT | constants.O_RDWR | constants.O_NONBLOCK;
/** How often a text is written anew, at most, because its file was removed while it was written. */
const mostTries = 100;
/** After one could not be set aside, none is for so many milliseconds. */
const pauseMs = 60_000;

export interface LogFilesOptions {
  readonly maxBytes?: number;
  readonly keep?: number;
  /** Told of what harms no text. */
  readonly warn?: (text: string) => void;
}

/**
 * The append-only files under a node's `log/` folder: one writer for each, whatever lane the text comes from. A file is
 * opened anew for each text, so that the text goes where people look for it, whatever became of the former file; and so
 * that nothing is kept for each sender. A file that grows past `maxBytes` is synced to disk and set aside as
 * `<name>.log.1`; `keep` such files stay.
 */
export class LogFiles {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #keep: number;
  readonly #warn: (text: string) => void;
  /** What is being written last, by name. */
  readonly #writing = new Map<string, Promise<void>>();
  #noneSetAsideBefore = 0;

  constructor(folder: string, { maxBytes = 64 * 1024 * 1024, keep = 5, warn = () => {} }: LogFilesOptions = {}) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#keep = keep;
    this.#warn = warn;
  }

  /**
   * Appends lines to `<name>.log`, after all that was appended before. Resolves when the operating system has them in
   * the file of that name.
   * @throws StewardError fileUnreadable when something else has the file's name; or the system's error
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
      if (tries === mostTries) throw new StewardError("fileUnreadable", `${path} is removed again and again`);
    }
  }

  /** False when the file was removed before the lines were all in it, and they are in none. */
  async #appendOnce(path: string, lines: Buffer): Promise<boolean> {
    const file = openLog(path);
    try {
      await appendLines(file, lines);
      const seen = fstatSync(file);
      // Not every file system counts names.
      if (seen.nlink === 0 && !isAt(path, seen)) return false;
      if (seen.size > this.#maxBytes) await this.#setAside(path, file);
      return true;
    } finally {
      closeSync(file);
    }
  }

  /** What is in the file is written, so a failure here is none of the text's. */
  async #setAside(path: string, file: number): Promise<void> {
    if (performance.now() < this.#noneSetAsideBefore) return;
    try {
      await sync(file);
      // Somebody else may have done it by now.
      if (isAt(path, fstatSync(file))) rename(path, this.#keep);
    } catch (error) {
      this.#noneSetAsideBefore = performance.now() + pauseMs;
      this.#warn(`${path} cannot be set aside, and grows on: ${messageOf(error)}`);
    }
  }
}

/**
 * Only the write itself is left to another thread, since a slow disk may hold it up: for the rest, handing over would
 * cost ten times as much as doing it.
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

/** Whether this file is the one of that name. */
function isAt(path: string, { dev, ino }: Stats): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  return there?.ino === ino && there.dev === dev;
}

/** Ends at the first that cannot be renamed: the next would take its place. */
function rename(path: string, keep: number): void {
  for (let age = keep - 1; age >= 0; age--) {
    try {
      renameSync(age === 0 ? path : `${path}.${age}`, `${path}.${age + 1}`);
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
  }
}
