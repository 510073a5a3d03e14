import { randomBytes } from "node:crypto";
import { closeSync, constants, ftruncateSync, openSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signalPipe, type SignalPipe } from "./output-pipes.ts";

/**
 * Gives commands to a waiting shell. The commands are in a file, because a shell reads a pipe byte by byte (1 µs for
 * each byte). A line in a pipe makes the shell read the file. The end of the pipe shows the shell that this process has
 * ended.
 */
export class CommandChannel {
  readonly #pipe: SignalPipe;
  /** The descriptor of the file, which has no name. */
  readonly file: number;
  #isOpen = true;

  /** @throws the system's error if it has no free descriptor, cannot make a pipe, or has no place for the file */
  constructor() {
    this.file = unnamedFile();
    try {
      this.#pipe = signalPipe();
    } catch (error) {
      closeSync(this.file);
      throw error;
    }
  }

  /** The shell's end of the pipe, as a descriptor. */
  get shellsEnd(): number {
    return this.#pipe.reader;
  }

  /**
   * Closes the shell's end of the pipe in this process. Call this when the shell has its copy, or when the shell did
   * not start.
   */
  given(): void {
    closeSync(this.#pipe.reader);
  }

  /**
   * Writes the text into the file, and then the pid `reader` into the pipe. The process `reader` then reads the text.
   * False if not all of the text could be written.
   */
  send(text: string, reader: number): boolean {
    if (!this.#isOpen) return false;
    try {
      const bytes = Buffer.from(text);
      ftruncateSync(this.file, bytes.length);
      if (writeSync(this.file, bytes, 0, bytes.length, 0) !== bytes.length) return false;
      writeSync(this.#pipe.writer, `${reader}\n`);
      return true;
    } catch {
      return false;
    }
  }

  /** Closes the file and the pipe. The shell ends too, because its pipe closes. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#pipe.writer);
    closeSync(this.file);
  }
}

/** A file whose name is removed at once, so that no file is left if this process is killed. */
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
