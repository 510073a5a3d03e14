import { randomBytes } from "node:crypto";
import { closeSync, constants, ftruncateSync, openSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signalPipe, type SignalPipe } from "./output-pipes.ts";

/**
 * By which a waiting shell is told what to become: a file that it reads in one piece, since a shell reads a pipe byte by
 * byte (1 µs each), and a pipe that says when. The pipe also tells it when this process is gone.
 */
export class CommandChannel {
  readonly #pipe: SignalPipe;
  /** The descriptor of the file, which has no name. */
  readonly file: number;
  #isOpen = true;

  /** @throws an error of the system's when there is no descriptor, no pipe or no place for it */
  constructor() {
    this.file = unnamedFile();
    try {
      this.#pipe = signalPipe();
    } catch (error) {
      closeSync(this.file);
      throw error;
    }
  }

  /** The shell's end of the pipe, a descriptor. */
  get shellsEnd(): number {
    return this.#pipe.reader;
  }

  /** The shell has its end, or there will be none. */
  given(): void {
    closeSync(this.#pipe.reader);
  }

  /** False when the text could not be written as a whole; the shell is not told to go then. */
  tell(text: string): boolean {
    if (!this.#isOpen) return false;
    try {
      const bytes = Buffer.from(text);
      ftruncateSync(this.file, bytes.length);
      if (writeSync(this.file, bytes, 0, bytes.length, 0) !== bytes.length) return false;
      writeSync(this.#pipe.writer, "\n");
      return true;
    } catch {
      return false;
    }
  }

  /** The shell ends by it. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#pipe.writer);
    closeSync(this.file);
  }
}

/** Its name is gone at once; a process that is killed leaves nothing behind. */
function unnamedFile(): number {
  const name = `steward-${process.pid}-${randomBytes(8).toString("hex")}`;
  try {
    return openUnnamed(join("/dev/shm", name));
  } catch {
    return openUnnamed(join(tmpdir(), name));
  }
}

function openUnnamed(path: string): number {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
  unlinkSync(path);
  return file;
}
