import { arch, hostname, platform, release } from "node:os";
import { streamInfoOnceThere } from "../broker/read/stream-info.ts";
import { kvPut } from "../broker/write/kv.ts";
import { messageOf } from "../protocol/errors.ts";
import { features, protocol } from "../protocol/features.ts";
import { version } from "../protocol/version.ts";
import type { Parts } from "./parts.ts";

/** Resolves when all streams that a node needs exist. The node may be started before the broker is set up. */
export async function untilStreamsAreThere({ broker, log, shutdown }: Parts): Promise<void> {
  const { messages, acks, nodesBucket, presenceBucket } = broker.names;
  for (const stream of [messages, acks, `KV_${nodesBucket}`, `KV_${presenceBucket}`]) {
    await streamInfoOnceThere(broker, stream, (reason) => log.warn(`${reason}; waiting for it`), shutdown.signal);
  }
}

/** Writes the node's info and the holds of the node's lanes into the state bucket. Ends early at a shutdown. */
export async function announce(parts: Parts): Promise<void> {
  const { broker, settings, holds, log, shutdown } = parts;
  const { signal } = shutdown;
  try {
    const info = JSON.stringify(nodeInfo(parts));
    await kvPut(broker, broker.names.nodesBucket, `${settings.name}.info`, info, {}, signal);
    await holds.rewrite();
  } catch (error) {
    if (!signal.aborted) log.warn(`the node's info could not be written: ${messageOf(error)}`);
  }
}

/** The info of a node, in the form of the entry in the state bucket. */
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
