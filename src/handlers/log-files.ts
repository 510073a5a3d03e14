import { mkdir, open, rename, type FileHandle } from "node:fs/promises";
import { join } from "node:path";

interface OpenFile {
  readonly handle: FileHandle;
  size: number;
}

/**
 * The append-only files under a node's `log/` folder: one writer for each, whatever lane the text comes from. A file
 * that grows past `maxBytes` is synced to disk and set aside as `<name>.log.1`; `keep` such files stay.
 */
export class LogFiles implements AsyncDisposable {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #keep: number;
  readonly #open = new Map<string, OpenFile>();
  readonly #queues = new Map<string, Promise<void>>();

  constructor(
    folder: string,
    { maxBytes = 64 * 1024 * 1024, keep = 5 }: { readonly maxBytes?: number; readonly keep?: number } = {},
  ) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#keep = keep;
  }

  /** Appends to `<name>.log`, after all that was appended before. Resolves when the operating system has it. */
  async append(name: string, text: string): Promise<void> {
    const before = this.#queues.get(name) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => this.#write(name, Buffer.from(text)));
    this.#queues.set(name, mine);
    await mine;
  }

  /** Syncs and closes all files. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#queues.values());
    for (const name of this.#open.keys()) await this.#close(name);
  }

  async #write(name: string, bytes: Buffer): Promise<void> {
    const file = this.#open.get(name) ?? (await this.#openFile(name));
    try {
      await file.handle.appendFile(bytes);
    } catch (error) {
      // What a full disk took of it goes, else the next text would follow on a broken line.
      await file.handle.truncate(file.size).catch(() => undefined);
      throw error;
    }
    file.size += bytes.length;
    if (file.size > this.#maxBytes) await this.#rotate(name);
  }

  async #openFile(name: string): Promise<OpenFile> {
    await mkdir(this.#folder, { recursive: true });
    const handle = await open(this.#path(name), "a", 0o640);
    const file = { handle, size: (await handle.stat()).size };
    this.#open.set(name, file);
    return file;
  }

  async #rotate(name: string): Promise<void> {
    await this.#close(name);
    for (let age = this.#keep - 1; age >= 0; age--) {
      const from = age === 0 ? this.#path(name) : `${this.#path(name)}.${age}`;
      await rename(from, `${this.#path(name)}.${age + 1}`).catch(ignoreMissing);
    }
  }

  async #close(name: string): Promise<void> {
    const file = this.#open.get(name);
    this.#open.delete(name);
    await file?.handle.sync();
    await file?.handle.close();
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.log`);
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
