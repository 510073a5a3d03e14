import { readFile, stat } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Logger } from "pino";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { noConfig, type NodeConfig } from "./node-config.ts";
import { parseNodeConfig } from "./parse.ts";

/** A configuration file. It may change while a node runs. */
export class ConfigFile {
  readonly #path: string;
  /** The options that the file had when the node started. */
  readonly #options: NodeConfig["options"];
  #current: NodeConfig;
  /** The stamp of the file at the last read. */
  #stamp: string;

  private constructor(path: string, stamp: string, first: NodeConfig) {
    this.#path = path;
    this.#stamp = stamp;
    this.#current = first;
    this.#options = first.options;
  }

  /** @throws StewardError fileUnreadable, notJson, badSettings */
  static async open(path: string): Promise<ConfigFile> {
    const stamp = await stampOf(path);
    return new ConfigFile(path, stamp, await read(path));
  }

  get path(): string {
    return this.#path;
  }

  /** The content of the file. If the file has a fault now, the last valid content. */
  get current(): NodeConfig {
    return this.#current;
  }

  /**
   * Reads the file again after each change, and logs the change, until the signal aborts. Checks the file every
   * `lookEvery` milliseconds. A changed file is read when two checks see the same stamp, because a writer may still be
   * writing. Never rejects.
   */
  async follow(log: Logger, signal: AbortSignal, lookEvery: number = 500): Promise<void> {
    const pause = (): Promise<boolean> => delay(lookEvery, true, { signal, ref: false }).catch(() => false);
    for (let before = this.#stamp; await pause();) {
      const stamp = await stampOf(this.#path);
      if (stamp === before && stamp !== this.#stamp) await this.#take(stamp, log);
      before = stamp;
    }
  }

  async #take(stamp: string, log: Logger): Promise<void> {
    this.#stamp = stamp;
    try {
      const config = await read(this.#path, this.#current);
      // If the stamp has changed, the file was written during the read, and the content may be incomplete.
      if ((await stampOf(this.#path)) !== stamp) return;
      this.#current = config;
      const waiting = changedKeys(this.#options, config.options);
      const later = waiting.length === 0 ? "" : `, except ${waiting.join(", ")}: restart the node for that`;
      log.info(`${this.#path} was changed; the new settings apply from the next message on${later}`);
    } catch (error) {
      log.error(`${messageOf(error)}; the previous settings stay in use`);
    }
  }
}

/** Reads and checks the file. `former` is the content before this read. */
async function read(path: string, former: NodeConfig = noConfig): Promise<NodeConfig> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new StewardError("fileUnreadable", `the configuration ${path} cannot be read: ${messageOf(error)}`);
  });
  const text = textIn(bytes, path);
  // After a content with settings, a file with only comments is refused. A writer may have written only the heading so
  // far, and a node without settings would accept every message.
  if (isHeading(text) && !isDeepStrictEqual(former, noConfig)) {
    throw new StewardError("badSettings", `${path}: contains only comments; for no settings, write {}`);
  }
  return parseNodeConfig(text, path);
}

function isHeading(text: string): boolean {
  const rest = text.replaceAll(/^(?:[ \t]*#.*|---[ \t]*)$/gm, "").trim();
  return rest === "" && text.trim() !== "";
}

function textIn(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new StewardError("notJson", `${path}: not valid UTF-8; save the file as UTF-8`);
  }
}

/** A text that changes if the file is changed, replaced, or deleted. */
async function stampOf(path: string): Promise<string> {
  const { ino, size, mtimeMs, ctimeMs } = await stat(path).catch(() => ({ ino: 0, size: 0, mtimeMs: 0, ctimeMs: 0 }));
  return [ino, size, mtimeMs, ctimeMs].join(" ");
}

function changedKeys(former: NodeConfig["options"], now: NodeConfig["options"]): string[] {
  const keys = new Set([...Object.keys(former), ...Object.keys(now)]);
  return [...keys].filter((key) => !isDeepStrictEqual(former[key], now[key]));
}
