import type { Handler } from "../handlers/define.ts";
import { noConfig, type NodeConfig } from "../config/node-config.ts";

/** What a daemon is told when it starts. All times are milliseconds. */
export interface NodeSettings {
  readonly name: string;
  /** Where the node keeps its files, such as `log/`. */
  readonly dataDir: string;
  /** The file or folder watched for messages to send, if there is one. */
  readonly inbox?: string;
  /** The folder of the user's own handlers, if there is one. */
  readonly handlersFolder?: string;
  /** Handlers beside the built-in ones that run in the daemon itself. */
  readonly handlers?: readonly Handler[];
  /** The node that is told of failures. */
  readonly central: string;
  readonly labels: Readonly<Record<string, string>>;
  /** How long one run may last when neither the message nor the handler says. */
  readonly timeout: number;
  readonly retries: number;
  readonly retryWait: number;
  readonly killGrace: number;
  /** Bytes of each output stream that an ACK holds. */
  readonly outputLimit: number;
  /** How often the presence is renewed, and how long it holds without. */
  readonly presenceBeat: number;
  readonly presenceTtl: number;
  readonly drainTimeout: number;
  /** How often the daemon compares what it holds with the stream. */
  readonly watchdogInterval: number;
  /** What the configuration file says at this moment. */
  readonly config: () => NodeConfig;
}

type Defaulted = Omit<NodeSettings, "name" | "dataDir" | "inbox" | "handlersFolder" | "handlers">;

export const nodeDefaults: Defaulted = {
  central: "central",
  labels: {},
  timeout: 60_000,
  retries: 0,
  retryWait: 5000,
  killGrace: 5000,
  outputLimit: 64 * 1024,
  presenceBeat: 20_000,
  presenceTtl: 60_000,
  drainTimeout: 30_000,
  watchdogInterval: 60_000,
  config: () => noConfig,
};

/** The longest wait between two retries. */
export const maxRetryWait: number = 5 * 60_000;
