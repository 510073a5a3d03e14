import { noConfig, type NodeConfig } from "../config/node-config.ts";
import { nodeOptions } from "../config/options.ts";
import type { Handler } from "../handlers/define.ts";
import { parseDuration } from "../util/duration.ts";

/** The settings with which a daemon starts. All times are milliseconds. */
export interface NodeSettings {
  readonly name: string;
  /** The folder for the node's files, such as `log/`. */
  readonly dataDir: string;
  /** The file or folder watched for messages to send, if there is one. */
  readonly inbox?: string;
  /** The folder of the user's own handlers, if there is one. */
  readonly handlersFolder?: string;
  /** Handlers beside the built-in ones that run in the daemon itself. */
  readonly handlers?: readonly Handler[];
  /** The node that receives failures. */
  readonly central: string;
  readonly labels: Readonly<Record<string, string>>;
  /** How long one run may last when neither the message nor the handler sets a timeout. */
  readonly timeout: number;
  readonly retries: number;
  readonly retryWait: number;
  readonly killGrace: number;
  /** How many bytes of each output stream an ACK holds. */
  readonly outputLimit: number;
  /** How often the presence is renewed, and how long it lasts without. */
  readonly presenceBeat: number;
  readonly presenceTtl: number;
  readonly drainTimeout: number;
  /** A message during whose runs the daemon crashed this many times is given up, because it may be the cause. */
  readonly daemonEnds: number;
  /** How often the daemon compares its messages with the stream. */
  readonly watchdogInterval: number;
  /** Reads the configuration file's present content. */
  readonly config: () => NodeConfig;
}

/** The settings that are simply options of the same name. */
type SetByOptions = Pick<
  NodeSettings,
  | "central"
  | "timeout"
  | "retries"
  | "retryWait"
  | "killGrace"
  | "outputLimit"
  | "presenceBeat"
  | "presenceTtl"
  | "drainTimeout"
  | "daemonEnds"
  | "watchdogInterval"
>;

/** The settings from options, by their names; an option that is missing has its default. */
export function setByOptions(options: Readonly<Record<string, unknown>>): SetByOptions {
  const valueOf = (name: keyof typeof nodeOptions): unknown => options[name] ?? nodeOptions[name].default;
  const ms = (name: keyof typeof nodeOptions): number => parseDuration(String(valueOf(name))) ?? 0;
  const presenceTtl = ms("presence-ttl");
  return {
    central: String(valueOf("central")),
    timeout: ms("timeout"),
    retries: Number(valueOf("retries")),
    retryWait: ms("retry-wait"),
    killGrace: ms("kill-grace"),
    outputLimit: Number(valueOf("output-limit")),
    presenceBeat: presenceTtl / 3,
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
