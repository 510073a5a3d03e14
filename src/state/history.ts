import type { Broker } from "../broker/broker.ts";
import { readStream } from "../broker/read-stream.ts";
import { parseAck, type Ack } from "../protocol/ack.ts";
import { ackFilter } from "../protocol/subjects.ts";

export interface HistoryOptions {
  readonly node?: string | undefined;
  readonly subject?: string | undefined;
  readonly id?: string | undefined;
  readonly state?: string | undefined;
  /** Only ACKs stored since then; all that are kept without it. */
  readonly since?: Date | undefined;
  /** Goes on with new ACKs until aborted. */
  readonly follow?: AbortSignal | undefined;
}

/** An ACK with the time at which the broker stored it, RFC 3339 in UTC: one clock for all nodes. */
export interface HistoryEntry {
  readonly storedAt: string;
  readonly ack: Ack;
}

/** The ACKs that are kept, in the order in which they were stored. */
export async function* readHistory(broker: Broker, options: HistoryOptions): AsyncGenerator<HistoryEntry> {
  const { node, subject, id, state, since, follow } = options;
  const filters = [ackFilter(broker.namespace, { node, subject, id })];
  const from = since ?? "first";
  const reading = { filters, from, ...(follow === undefined ? {} : { follow }) } as const;
  for await (const { data, storedAt } of readStream(broker, broker.names.acks, reading)) {
    const ack = parseAck(data);
    if (ack === undefined || (state !== undefined && ack.state !== state)) continue;
    yield { storedAt: new Date(storedAt).toISOString(), ack };
  }
}
