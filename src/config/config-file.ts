import { readFile, stat } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Logger } from "pino";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { noConfig, type NodeConfig } from "./node-config.ts";
import { parseNodeConfig } from "./parse.ts";

/** A configuration file, which may be changed while a node runs. */
export class ConfigFile {
  readonly #path: string;
  /** The options with which the node was started. */
  readonly #options: NodeConfig["options"];
  #current: NodeConfig;
  /** What the file looked like when it was read last. */
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

  /** What the file says, or last said without a fault. */
  get current(): NodeConfig {
    return this.#current;
  }

  /**
   * Takes changes of the file over, and says so, until the signal. It looks each `lookEvery` milliseconds, and waits until
   * the file looks the same twice: before that it may still be written. Never rejects.
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
      // Else it was written in between, perhaps not to its end.
      if ((await stampOf(this.#path)) !== stamp) return;
      this.#current = config;
      const waiting = changedKeys(this.#options, config.options);
      const later = waiting.length === 0 ? "" : `, but for ${waiting.join(", ")}: after a restart`;
      log.info(`${this.#path} was changed and holds from the next message on${later}`);
    } catch (error) {
      log.error(`${messageOf(error)}; what it said before holds on`);
    }
  }
}

/** `former`: what the file said before. */
async function read(path: string, former: NodeConfig = noConfig): Promise<NodeConfig> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new StewardError("fileUnreadable", `the configuration ${path} cannot be read: ${messageOf(error)}`);
  });
  const text = textIn(bytes, path);
  // A writer may have come no further than its heading; and with nothing a node accepts everything.
  if (isHeading(text) && !isDeepStrictEqual(former, noConfig)) {
    throw new StewardError("badSettings", `${path}: holds comments alone; without settings, write {}`);
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

/** What shows that a file was changed, made anew, or is not there. */
async function stampOf(path: string): Promise<string> {
  const { ino, size, mtimeMs, ctimeMs } = await stat(path).catch(() => ({ ino: 0, size: 0, mtimeMs: 0, ctimeMs: 0 }));
  return [ino, size, mtimeMs, ctimeMs].join(" ");
}

function changedKeys(former: NodeConfig["options"], now: NodeConfig["options"]): string[] {
  const keys = new Set([...Object.keys(former), ...Object.keys(now)]);
  return [...keys].filter((key) => !isDeepStrictEqual(former[key], now[key]));
}
