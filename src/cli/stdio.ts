import { fstatSync, writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isatty } from "node:tty";

/** The most bytes of a daemon's log that wait in memory for a slow reader. */
const mostUnread = 1024 * 1024;
const logPatienceMs = 1000;

/**
 * An output of this process. Writing never throws: an error is kept in `fault` and reported at the end. `flush` waits
 * until the data has left this process. `print.ts` makes the text.
 */
class Stdio {
  readonly isTerminal: boolean;
  /** True if a part of the output was left out. */
  isPartial = false;
  readonly #fd: 1 | 2;
  readonly #isFile: boolean;
  readonly #closed = new AbortController();
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

  /** A signal that aborts when nothing more can be printed: the reader has left, or a write has failed. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** The reason why some output was lost. A reader that has left, such as `head`, is not an error. */
  get fault(): Error | undefined {
    return this.#fault;
  }

  /** The terminal, for code that draws on the terminal. */
  get terminal(): NodeJS.WriteStream {
    this.#stream ??= this.#open();
    return this.#stream;
  }

  /** Writes data. If a promise is returned, the reader is slow: wait for the promise before writing more. */
  write(data: string | Uint8Array): Promise<void> | undefined {
    if (this.#closed.signal.aborted) return undefined;
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
   * Like `write`, for lines of the log of a daemon. The daemon does not wait for the reader. Lines are left out if the
   * reader is too slow or the disk is full.
   */
  log(line: string): void {
    this.#isLog = true;
    const notice = `\nsteward: ${this.#leftOut} lines of the log were left out here\n`;
    const lines = this.#leftOut === 0 ? line : notice + line;
    const isLost = this.#isFile
      ? this.#writeFile(lines) !== undefined
      : (this.#stream?.writableLength ?? 0) > mostUnread;
    if (isLost) return void this.#leftOut++;
    this.#leftOut = 0;
    if (!this.#isFile) void this.write(lines);
  }

  /** Resolves when all output has left this process or has failed. The wait is short for a log. */
  async flush(): Promise<void> {
    if (this.#stream === undefined) return;
    const written = new Promise<unknown>((resolve) => this.#stream?.write("", resolve));
    await (this.#isLog ? Promise.race([written, delay(logPatienceMs)]) : written);
  }

  /** Starts to watch the reader. `closed` then aborts as soon as the reader leaves, even while nothing is printed. */
  async watchReader(): Promise<void> {
    const { onReaderLeft } = await import("./reader-left.ts");
    onReaderLeft(this.#fd, () => this.#closed.abort());
  }

  #open(): NodeJS.WriteStream {
    const stream = this.#fd === 1 ? process.stdout : process.stderr;
    return stream.on("error", (error: Error) => this.#end(error));
  }

  /**
   * Writes to a file without Node's stream, because on a full disk Node's stream treats a partial write as complete.
   */
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
    if (this.#closed.signal.aborted) return;
    if (error.code !== "EPIPE" && error.code !== "ECONNRESET") this.#fault = error;
    this.#closed.abort();
  }
}

/** The output for results. */
export const stdout: Stdio = new Stdio(1);

/** The output for notes, progress, questions and logs. If they cannot be printed, the command works as usual. */
export const stderr: Stdio = new Stdio(2);

/** True for pipes and sockets. Node can write to a pipe or a socket without blocking while the reader is slow. */
function isPipe(fd: number): boolean {
  const stat = fstatSync(fd);
  return stat.isFIFO() || stat.isSocket();
}
