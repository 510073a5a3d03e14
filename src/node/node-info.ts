import { arch, hostname, platform, release } from "node:os";
import type { Logger } from "pino";
import type { Broker } from "../broker/connection/broker.ts";
import { kvPut } from "../broker/write/kv.ts";
import { messageOf } from "../protocol/errors.ts";
import { features, protocol } from "../protocol/features.ts";
import { version } from "../protocol/version.ts";
import type { LaneHolds } from "./holds.ts";
import type { NodeSettings } from "./settings.ts";

/** What a node is, as its entry in the state bucket says: written at each start and reconnect. */
export function nodeInfo(
  { central, labels }: Pick<NodeSettings, "central" | "labels">,
  { instance, startedAt }: { readonly instance: string; readonly startedAt: string },
  subjects: readonly string[],
): object {
  const os = `${platform()} ${release()} ${arch()}`;
  return {
    version,
    instance,
    startedAt,
    host: hostname(),
    os,
    node: process.version,
    central,
    labels,
    subjects,
    protocol,
    features,
  };
}

/** Writes what a node is, and which of its lanes are held, into the state bucket. Ends early with `signal`. */
export async function announce(
  broker: Broker,
  node: string,
  info: object,
  holds: Pick<LaneHolds, "rewrite">,
  log: Pick<Logger, "warn">,
  signal: AbortSignal,
): Promise<void> {
  try {
    await kvPut(broker, broker.names.nodesBucket, `${node}.info`, JSON.stringify(info), {}, signal);
    await holds.rewrite();
  } catch (error) {
    if (!signal.aborted) log.warn(`the node's info was not written: ${messageOf(error)}`);
  }
}
