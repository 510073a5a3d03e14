import { fstatSync, writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isatty } from "node:tty";

/** A log that waits to be read takes no more memory than so many bytes. */
const mostUnread = 1024 * 1024;
const logPatienceMs = 1000;

/**
 * A place that this process writes to, and which knows whether what was written has arrived. Writing never throws; what
 * has gone wrong is asked for at the end. What is written is made in `print.ts`.
 */
class Stdio {
  readonly isTerminal: boolean;
  /** Something was left out of what was printed. */
  isPartial = false;
  readonly #fd: 1 | 2;
  readonly #isFile: boolean;
  readonly #gone = new AbortController();
  #stream: NodeJS.WriteStream | undefined;
  #fault: Error | undefined;
  #isLog = false;
  #leftOut = 0;
  #drained: Promise<void> | undefined;

  constructor(fd: 1 | 2) {
    this.#fd = fd;
    this.isTerminal = isatty(fd);
    this.#isFile = !this.isTerminal && !isPipe(fd);
  }

  /** Aborted once nothing more can be printed: its reader has seen enough, or there is a fault. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Why something that was printed is lost. A reader that has gone, such as `head`, is no fault. */
  get fault(): Error | undefined {
    return this.#fault;
  }

  /** The terminal itself, to draw on. */
  get terminal(): NodeJS.WriteStream {
    this.#stream ??= this.#open();
    return this.#stream;
  }

  /** Who prints much waits for the promise, if there is one: the reader is slow. */
  write(data: string | Uint8Array): Promise<void> | undefined {
    if (this.#gone.signal.aborted) return undefined;
    if (this.#isFile) {
      const error = this.#writeFile(data);
      if (error !== undefined) this.#end(error);
      return undefined;
    }
    const stream = this.terminal;
    const isRoom = stream.write(data, (error) => {
      if (error) this.#end(error);
    });
    if (!isRoom) this.#drained ??= this.flush().finally(() => (this.#drained = undefined));
    return this.#drained;
  }

  /**
   * As `write`, for lines of a daemon's log, which goes on without them: some are left out while nobody reads them, or
   * while there is no room.
   */
  log(line: string): void {
    this.#isLog = true;
    const told = `\nsteward: ${this.#leftOut} lines of the log were left out here\n`;
    const lines = this.#leftOut === 0 ? line : told + line;
    const isLost = this.#isFile
      ? this.#writeFile(lines) !== undefined
      : (this.#stream?.writableLength ?? 0) > mostUnread;
    if (isLost) return void this.#leftOut++;
    this.#leftOut = 0;
    if (!this.#isFile) void this.write(lines);
  }

  /** Resolves when all that was printed has left this process, or never will. For a log nobody waits long. */
  async flush(): Promise<void> {
    if (this.#stream === undefined) return;
    const written = new Promise<unknown>((resolve) => this.#stream?.write("", resolve));
    await (this.#isLog ? Promise.race([written, delay(logPatienceMs)]) : written);
  }

  /** Aborts `gone` as soon as the reader goes, even while nothing is printed. */
  async watchReader(): Promise<void> {
    const { onReaderGone } = await import("./reader-gone.ts");
    onReaderGone(this.#fd, () => this.#gone.abort());
  }

  #open(): NodeJS.WriteStream {
    const stream = this.#fd === 1 ? process.stdout : process.stderr;
    return stream.on("error", (error: Error) => this.#end(error));
  }

  /** Not by Node's stream, which takes the part that a full disk still had room for as the whole. */
  #writeFile(data: string | Uint8Array): Error | undefined {
    const bytes = Buffer.from(data);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#fd, bytes, at);
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  #end(error: NodeJS.ErrnoException): void {
    if (this.#gone.signal.aborted) return;
    if (error.code !== "EPIPE" && error.code !== "ECONNRESET") this.#fault = error;
    this.#gone.abort();
  }
}

/** Results. */
export const stdout: Stdio = new Stdio(1);

/** Notes, progress, questions and logs. That they cannot be printed changes nothing. */
export const stderr: Stdio = new Stdio(2);

/** Of these Node knows how to write without holding up all else while the reader is slow. */
function isPipe(fd: number): boolean {
  const stat = fstatSync(fd);
  return stat.isFIFO() || stat.isSocket();
}
