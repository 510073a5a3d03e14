import type { Logger } from "pino";
import type { Broker } from "../broker/broker.ts";
import { streamInfo } from "../broker/queue.ts";
import { StewardError } from "../protocol/errors.ts";

/** Resolves once all streams that a node works with are there: it may be started before its broker is set up. */
export async function untilStreamsAreThere(broker: Broker, log: Logger, signal: AbortSignal): Promise<void> {
  const { messages, acks, nodesBucket, presenceBucket } = broker.names;
  for (const stream of [messages, acks, `KV_${nodesBucket}`, `KV_${presenceBucket}`]) {
    await untilThere(stream, broker, log, signal);
  }
}

async function untilThere(stream: string, broker: Broker, log: Logger, signal: AbortSignal): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await broker.untilAnswered(() => streamInfo(broker, stream), signal);
      return;
    } catch (error) {
      if (!(error instanceof StewardError)) throw error;
      if (tries === 0) log.warn(`${error.message}; waiting for it`);
      await broker.backOff(tries, signal);
    }
  }
}
