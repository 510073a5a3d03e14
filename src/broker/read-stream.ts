import { DeliverPolicy, jetstream, JetStreamApiError, type OrderedConsumerOptions } from "@nats-io/jetstream";
import type { Broker } from "./broker.ts";
import type { Stored } from "./direct-get.ts";
import { serverCodes, streamsMissing } from "./server-codes.ts";

export interface ReadOptions {
  readonly filters: readonly string[];
  /** Where to begin: at the first message that is there, behind the last one, or with those stored since a date. */
  readonly from: "first" | "new" | Date;
  /** Leaves the payloads in the broker. */
  readonly headersOnly?: boolean;
  /** Goes on with what comes until this is aborted; without it the reading ends at the last message that is there. */
  readonly follow?: AbortSignal;
}

/**
 * Reads messages of a stream in their order, through an ordered consumer that is gone afterwards.
 * @throws StewardError streamsMissing
 */
export async function* readStream(broker: Broker, stream: string, options: ReadOptions): AsyncGenerator<Stored> {
  const { follow } = options;
  const consumer = await jetstream(broker.nc).consumers.get(stream, consumerOptions(options)).catch(rethrown(stream));
  if (follow === undefined && (await consumer.info()).num_pending === 0) return;
  const messages = await consumer.consume();
  follow?.addEventListener("abort", () => messages.stop(), { once: true });
  for await (const { subject, seq, time, data, headers, info } of messages) {
    yield { subject, sequence: seq, storedAt: time.getTime(), data, headers };
    if (follow === undefined && info.pending === 0) break;
  }
}

/** Throws again what the JetStream packages threw; a stream that is not there as `streamsMissing`. */
function rethrown(stream: string): (error: unknown) => never {
  return (error) => {
    const missing = error instanceof JetStreamApiError && error.code === serverCodes.streamNotFound;
    throw missing ? streamsMissing(stream) : error;
  };
}

function consumerOptions({ filters, from, headersOnly = false }: ReadOptions): Partial<OrderedConsumerOptions> {
  const common = { filter_subjects: [...filters], headers_only: headersOnly };
  if (from === "first") return { ...common, deliver_policy: DeliverPolicy.All };
  if (from === "new") return { ...common, deliver_policy: DeliverPolicy.New };
  return { ...common, deliver_policy: DeliverPolicy.StartTime, opt_start_time: from.toISOString() };
}
