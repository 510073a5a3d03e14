import type { Logger } from "pino";
import type { Broker } from "../broker/connection/broker.ts";
import { streamInfoOnceThere } from "../broker/read/stream-info.ts";

/** Resolves once all streams that a node works with are there: it may be started before its broker is set up. */
export async function untilStreamsAreThere(broker: Broker, log: Logger, signal: AbortSignal): Promise<void> {
  const { messages, acks, nodesBucket, presenceBucket } = broker.names;
  for (const stream of [messages, acks, `KV_${nodesBucket}`, `KV_${presenceBucket}`]) {
    await streamInfoOnceThere(broker, stream, (reason) => log.warn(`${reason}; waiting for it`), signal);
  }
}
