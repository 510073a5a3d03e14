import type { Broker } from "../broker/connection/broker.ts";
import { StewardError } from "../protocol/errors.ts";
import { hint, lookAlikes, neverSeen } from "../state/known-nodes.ts";

/** How a send treats nodes that were never seen: no daemon with this name ever ran, or the node was retired. */
export interface Unseen {
  /** Names of nodes that were certainly seen before. */
  readonly seen?: ReadonlySet<string> | undefined;
  /** Nodes that were never seen are refused before any message is stored. */
  readonly knownOnly?: boolean;
  /**
   * Called with the nodes that were never seen, and with the most similar known name for those that have one. Messages
   * for these nodes are queued.
   */
  readonly onNeverSeen?: (names: readonly string[], meant: ReadonlyMap<string, string>) => void;
}

/**
 * Looks for the nodes that were never seen. Resolves to a function that reports these nodes, each once for each
 * connection. Call the function only after the messages are stored.
 * @throws StewardError neverSeen
 */
export async function lookForNeverSeen(
  broker: Broker,
  nodes: readonly string[],
  { seen, knownOnly = false, onNeverSeen }: Unseen,
): Promise<() => Promise<void>> {
  const { lookedUpNodes } = broker;
  const asked = nodes.filter((node) => seen?.has(node) !== true && (knownOnly || !lookedUpNodes.has(node)));
  const looking = neverSeen(broker, asked);
  const resembling = looking.then((unseen) => lookAlikes(broker, unseen));
  if (knownOnly) refuse(await looking, await resembling);
  return async () => {
    const unseen = await looking;
    for (const node of asked) lookedUpNodes.add(node);
    if (unseen.length > 0) onNeverSeen?.(unseen, await resembling);
  };
}

function refuse(unseen: readonly string[], meant: ReadonlyMap<string, string>): void {
  if (unseen.length === 0) return;
  throw new StewardError(
    "neverSeen",
    `unknown node ${unseen.join(", ")}: nothing was sent; ${hint(meant)}\`steward nodes\` lists the known ones`,
  );
}
