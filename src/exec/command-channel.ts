import { randomBytes } from "node:crypto";
import { closeSync, constants, ftruncateSync, openSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signalPipe, type SignalPipe } from "./output-pipes.ts";

/**
 * Hands a waiting shell the commands that it must execute. They are in a file, because a shell reads a pipe byte by
 * byte (1 µs each); a pipe says when to read it. The end of that pipe also shows the shell that this process has ended.
 */
export class CommandChannel {
  readonly #pipe: SignalPipe;
  /** The descriptor of the file, which has no name. */
  readonly file: number;
  #isOpen = true;

  /** @throws an error of the system's when it has no free descriptor, makes no pipe, or has no place for the file */
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

  /** Closes the shell's end in this process: the shell has it, or was not started. */
  given(): void {
    closeSync(this.#pipe.reader);
  }

  /** Writes the text, then a line for the process that is to read it. False when it could not write all of the text. */
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

  /** Ends the shell too, because its pipe closes. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#pipe.writer);
    closeSync(this.file);
  }
}

/** The name is removed at once, so that a process that is killed leaves no file behind. */
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
