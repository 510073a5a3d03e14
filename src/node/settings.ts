import { noConfig, type NodeConfig } from "../config/node-config.ts";
import { nodeOptions } from "../config/options.ts";
import type { Handler } from "../handlers/define.ts";
import { parseDuration } from "../util/duration.ts";

/** The settings with which a daemon starts. All times are milliseconds. */
export interface NodeSettings {
  readonly name: string;
  /** The folder for the node's files, such as `log/`. */
  readonly dataDir: string;
  /** The file or folder from which the daemon sends messages. Undefined if the node has no inbox. */
  readonly inbox?: string;
  /** The folder of the user's own handlers. Undefined if there is no such folder. */
  readonly handlersFolder?: string;
  /** Further handlers that run in the daemon itself, beside the built-in handlers. */
  readonly handlers?: readonly Handler[];
  /** The node that receives failures. */
  readonly central: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The longest time of one run, if the message, the lane's rule and the handler set no timeout. */
  readonly timeout: number;
  readonly retries: number;
  readonly retryWait: number;
  readonly killGrace: number;
  /** The most bytes of each output stream that an ACK holds. */
  readonly outputLimit: number;
  /**
   * The daemon renews its presence every `presenceBeat`, and every `presenceIdleBeat` while it has nothing to do. The
   * presence ends `presenceTtl` after the last renewal.
   */
  readonly presenceBeat: number;
  readonly presenceIdleBeat: number;
  readonly presenceTtl: number;
  readonly drainTimeout: number;
  /**
   * A message ends as `interrupted` if the daemon has crashed this many times while it ran, the last time with nothing
   * else running.
   */
  readonly daemonEnds: number;
  /** The time between two checks of the watchdog. A check compares the daemon's messages with the stream. */
  readonly watchdogInterval: number;
  /** Reads the current content of the configuration file. */
  readonly config: () => NodeConfig;
}

/** Settings that are copied from the option with the same name. */
type SetByOptions = Pick<
  NodeSettings,
  | "central"
  | "timeout"
  | "retries"
  | "retryWait"
  | "killGrace"
  | "outputLimit"
  | "presenceBeat"
  | "presenceIdleBeat"
  | "presenceTtl"
  | "drainTimeout"
  | "daemonEnds"
  | "watchdogInterval"
>;

/**
 * An idle daemon may leave out every second heartbeat only if this much of the TTL is left when the next one is due, in
 * milliseconds. A lost heartbeat is repeated 5 s later, and once more 10 s after that.
 */
const timeToRepeat = 15_000;

/** Makes the settings from options by name. An option that is missing has its default. */
export function setByOptions(options: Readonly<Record<string, unknown>>): SetByOptions {
  const valueOf = (name: keyof typeof nodeOptions): unknown => options[name] ?? nodeOptions[name].default;
  const ms = (name: keyof typeof nodeOptions): number => parseDuration(String(valueOf(name))) ?? 0;
  const presenceTtl = ms("presence-ttl");
  const third = presenceTtl / 3;
  return {
    central: String(valueOf("central")),
    timeout: ms("timeout"),
    retries: Number(valueOf("retries")),
    retryWait: ms("retry-wait"),
    killGrace: ms("kill-grace"),
    outputLimit: Number(valueOf("output-limit")),
    presenceBeat: third,
    presenceIdleBeat: third < timeToRepeat ? third : 2 * third,
    presenceTtl,
    drainTimeout: ms("drain-timeout"),
    daemonEnds: Number(valueOf("daemon-ends")),
    watchdogInterval: ms("watchdog-interval"),
  };
}

export const nodeDefaults: SetByOptions & Pick<NodeSettings, "labels" | "config"> = {
  labels: {},
  config: () => noConfig,
  ...setByOptions({}),
};

/** The longest wait between two retries. */
export const maxRetryWait: number = 5 * 60_000;
