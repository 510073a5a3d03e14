import type { Broker } from "../broker/connection/broker.ts";
import { firstFrom } from "../broker/read/direct-get.ts";
import { streamInfo } from "../broker/read/stream-info.ts";
import { messageFilter, parseMessageSubject } from "../protocol/subjects.ts";
import { byName } from "../util/by-name.ts";
import { glob } from "../util/glob.ts";
import { inParallel } from "../util/in-parallel.ts";
import { knownNames } from "./known-nodes.ts";
import { countInQueue } from "./queue-counts.ts";
import { selects, tokensOf, type Selection } from "./selection.ts";

const requestsAtOnce = 50;

/** The number of messages in the queue of a node, and the time at which the oldest message was stored. */
export interface QueueLength {
  readonly node: string;
  /** The number of messages that wait or run, or that ended and are not yet removed by the node. */
  readonly queued: number;
  /** The time at which the oldest message was stored, in milliseconds since 1970 by the broker's clock. */
  readonly oldest: number;
}

/**
 * The number of messages in the queue of each node. The largest number comes first. The messages are not read: the
 * broker counts them, and it can only select whole subjects.
 */
export async function readQueueLengths(
  broker: Broker,
  selection: Selection,
): Promise<{ readonly lengths: readonly QueueLength[]; readonly now: number }> {
  const { namespace, names } = broker;
  const now = Date.parse((await streamInfo(broker, names.messages)).ts ?? "");
  const counts = await countsOf(broker, selection);
  const { nodes: _nodes, ...lanes } = selection;
  const lengths = await inParallel([...counts], requestsAtOnce, async ([node, queued]) => {
    const filters = tokensOf(lanes).map((tokens) => messageFilter(namespace, { ...tokens, node }));
    const first = await Promise.all(
      filters.map((subject) => firstFrom(broker, names.messages, { sequence: 1, subject })),
    );
    const oldest = first.reduce((sooner, one) => Math.min(sooner, one?.storedAt ?? now), now);
    return { node, queued, oldest };
  });
  return { lengths: lengths.toSorted((a, b) => b.queued - a.queued || byName(a.node, b.node)), now };
}

/**
 * The nodes that match the patterns, among the nodes on which a daemon ever ran and the names for which messages are
 * queued.
 */
export async function nodesMeant(broker: Broker, patterns: readonly string[]): Promise<string[]> {
  const [known, counts] = await Promise.all([knownNames(broker), countsOf(broker, { nodes: patterns })]);
  const fits = patterns.map(glob);
  const meant = known.filter((name) => fits.some((fit) => fit(name)));
  return [...new Set([...meant, ...counts.keys()])].toSorted(byName);
}

/** The number of messages in the queue of each node that has messages. */
async function countsOf(broker: Broker, selection: Selection): Promise<Map<string, number>> {
  const isMeant = selects(selection);
  const counts = new Map<string, number>();
  for (const tokens of tokensOf(selection)) {
    const found = await countInQueue(broker, tokens, (subject) => {
      const address = parseMessageSubject(subject);
      return address !== undefined && isMeant(address) ? address.node : "";
    });
    found.delete("");
    for (const [node, count] of found) counts.set(node, (counts.get(node) ?? 0) + count);
  }
  return counts;
}
