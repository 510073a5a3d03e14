import type { Broker } from "../broker/connection/broker.ts";
import { getPage } from "../broker/read/page.ts";
import { streamInfo } from "../broker/read/stream-info.ts";
import { consumerNames } from "../broker/topology/consumer.ts";
import { messageFilter } from "../protocol/subjects.ts";
import { byName } from "../util/by-name.ts";
import { glob } from "../util/glob.ts";
import { inParallel } from "../util/in-parallel.ts";
import { tokensOf, type Selection } from "./selection.ts";

const requestsAtOnce = 50;

/** The number of messages that wait or run on a node, and the time at which the oldest message was stored. */
export interface QueueLength {
  readonly node: string;
  readonly queued: number;
  /** The time at which the oldest message was stored, in milliseconds since 1970 by the broker's clock. */
  readonly oldest: number;
}

/**
 * The number of queued messages of each node. The largest number comes first. The broker counts the messages, and the
 * queue is not read. So subjects must be whole names.
 */
export async function readQueueLengths(
  broker: Broker,
  selection: Selection,
): Promise<{ readonly lengths: readonly QueueLength[]; readonly now: number }> {
  const { ts = "" } = await streamInfo(broker, broker.names.messages);
  const { nodes: _nodes, ...lanes } = selection;
  const nodes = await nodesMeant(broker, selection.nodes);
  const lengths = await inParallel(nodes, requestsAtOnce, async (node) => {
    const parts = await Promise.all(
      tokensOf(lanes).map((tokens) => {
        const filter = messageFilter(broker.namespace, { ...tokens, node });
        return getPage(broker, broker.names.messages, { filter, from: 1, most: 1 });
      }),
    );
    const queued = parts.reduce((sum, { messages, more }) => sum + messages.length + more, 0);
    const moments = parts.flatMap(({ messages }) => messages.map(({ storedAt }) => storedAt));
    const oldest = moments.reduce((first, moment) => Math.min(first, moment), Infinity);
    return { node, queued, oldest };
  });
  const waiting = lengths.filter(({ queued }) => queued > 0);
  return { lengths: waiting.toSorted((a, b) => b.queued - a.queued), now: Date.parse(ts) };
}

/** The nodes with a queue, filtered by patterns. */
export async function nodesMeant(broker: Broker, patterns: readonly string[] | undefined): Promise<string[]> {
  const known = [...(await consumerNames(broker))].toSorted(byName);
  if (patterns === undefined || patterns.length === 0) return known;
  const fits = patterns.map(glob);
  return known.filter((name) => fits.some((fit) => fit(name)));
}
