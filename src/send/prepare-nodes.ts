import type { Broker } from "../broker/connection/broker.ts";
import type { Queue } from "../broker/write/queue.ts";
import { StewardError } from "../protocol/errors.ts";
import { hint, lookAlikes, neverSeen } from "../state/known-nodes.ts";

/** What to do with names under which no daemon ever ran. */
export interface Unseen {
  /** Names that are known to have been seen. */
  readonly seen?: ReadonlySet<string> | undefined;
  /** Refuse them, before anything is stored. */
  readonly knownOnly?: boolean;
  /** Told of them, and which known name each may stand for; what is sent to them is queued all the same. */
  readonly onNeverSeen?: (names: readonly string[], meant: ReadonlyMap<string, string>) => void;
}

/**
 * Makes the queue ready for nodes, and looks which of them were never seen. Resolves to what tells of those: to be called
 * when what is for them is stored, and not before.
 * @throws StewardError neverSeen, and as `Queue.prepare`
 */
export async function prepareNodes(
  broker: Broker,
  queue: Queue,
  nodes: readonly string[],
  { seen, knownOnly = false, onNeverSeen }: Unseen,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  const looking = neverSeen(
    broker,
    nodes.filter((node) => seen?.has(node) !== true && (knownOnly || !broker.preparedNodes.has(node))),
  );
  const resembling = looking.then((unseen) => lookAlikes(broker, unseen));
  if (knownOnly) refuse(await looking, await resembling);
  await queue.prepare(nodes, signal);
  return async () => {
    const unseen = await looking;
    if (unseen.length > 0) onNeverSeen?.(unseen, await resembling);
  };
}

function refuse(unseen: readonly string[], meant: ReadonlyMap<string, string>): void {
  if (unseen.length === 0) return;
  throw new StewardError(
    "neverSeen",
    `no node ${unseen.join(" or ")} has ever been seen, so nothing was sent; ${hint(meant)}see \`steward nodes\``,
  );
}
