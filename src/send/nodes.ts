import type { Broker } from "../broker/broker.ts";
import { lastOnSubject } from "../broker/direct-get.ts";
import type { Queue } from "../broker/enqueue.ts";
import { StewardError } from "../protocol/errors.ts";
import { inParallel } from "../protocol/in-parallel.ts";

const requestsAtOnce = 100;

/** What to do with names under which no daemon ever ran. */
export interface Unseen {
  /** Names that are known to have been seen. */
  readonly seen?: ReadonlySet<string> | undefined;
  /** Refuse them, before anything is stored. */
  readonly knownOnly?: boolean;
  /** Told of them; what is sent to them is queued all the same. */
  readonly onNeverSeen?: (names: readonly string[]) => void;
}

/**
 * Makes the queue ready for nodes, and tells which of them were never seen.
 * @throws StewardError neverSeen, and as `Queue.prepare`
 */
export async function prepareNodes(
  broker: Broker,
  queue: Queue,
  nodes: readonly string[],
  { seen, knownOnly = false, onNeverSeen }: Unseen,
  signal: AbortSignal,
): Promise<void> {
  const looking = neverSeen(
    broker,
    nodes.filter((node) => seen?.has(node) !== true && (knownOnly || !broker.preparedNodes.has(node))),
  );
  if (knownOnly) refuse(await looking);
  await queue.prepare(nodes, signal);
  const unseen = await looking;
  if (unseen.length > 0) onNeverSeen?.(unseen);
}

function refuse(unseen: readonly string[]): void {
  if (unseen.length === 0) return;
  throw new StewardError(
    "neverSeen",
    `no node ${unseen.join(" or ")} has ever been seen, so nothing was sent; see \`steward nodes\``,
  );
}

/** Names without the entry that a daemon writes at each start. A queue alone is no sign: a misspelt name has one too. */
export async function neverSeen(broker: Broker, nodes: readonly string[]): Promise<string[]> {
  const { nodesBucket } = broker.names;
  const seen = await inParallel(nodes, requestsAtOnce, async (node) => {
    const entry = lastOnSubject(broker, `KV_${nodesBucket}`, `$KV.${nodesBucket}.${node}.info`);
    return entry.then((found) => found !== undefined && found.data.length > 0).catch(() => true);
  });
  return nodes.filter((_node, index) => seen[index] !== true);
}
