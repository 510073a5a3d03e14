import { arch, hostname, platform, release } from "node:os";
import { streamInfoOnceThere } from "../broker/read/stream-info.ts";
import { kvPut } from "../broker/write/kv.ts";
import { messageOf } from "../protocol/errors.ts";
import { features, protocol } from "../protocol/features.ts";
import { version } from "../protocol/version.ts";
import type { Parts } from "./parts.ts";

/** Resolves once all streams that a node works with exist: the node may be started before its broker is set up. */
export async function untilStreamsAreThere({ broker, log, shutdown }: Parts): Promise<void> {
  const { messages, acks, nodesBucket, presenceBucket } = broker.names;
  for (const stream of [messages, acks, `KV_${nodesBucket}`, `KV_${presenceBucket}`]) {
    await streamInfoOnceThere(broker, stream, (reason) => log.warn(`${reason}; waiting for it`), shutdown.signal);
  }
}

/** Writes what the node is, and which of its lanes are on hold, into the state bucket. Ends early at a shutdown. */
export async function announce(parts: Parts): Promise<void> {
  const { broker, settings, holds, log, shutdown } = parts;
  const { signal } = shutdown;
  try {
    const info = JSON.stringify(nodeInfo(parts));
    await kvPut(broker, broker.names.nodesBucket, `${settings.name}.info`, info, {}, signal);
    await holds.rewrite();
  } catch (error) {
    if (!signal.aborted) log.warn(`the node's info was not written: ${messageOf(error)}`);
  }
}

/** What a node is, as its entry in the state bucket says. */
export function nodeInfo({
  instance,
  startedAt,
  settings: { central, labels },
  registry,
}: Pick<Parts, "instance" | "startedAt" | "settings" | "registry">): object {
  return {
    version,
    instance,
    startedAt,
    host: hostname(),
    os: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    central,
    labels,
    subjects: registry.names(),
    protocol,
    features,
  };
}
