import { setTimeout as delay } from "node:timers/promises";
import type { Broker } from "../broker/connection/broker.ts";
import { kvKeys, kvValue } from "../broker/read/bucket.ts";
import { StewardError } from "../protocol/errors.ts";
import { closest } from "../util/closest.ts";
import { inParallel } from "../util/in-parallel.ts";

const requestsAtOnce = 100;

/** The error for an unknown node. */
export async function unknownNode(broker: Broker, node: string): Promise<StewardError> {
  const meant = hint(await lookAlikes(broker, [node]));
  return new StewardError("neverSeen", `unknown node ${node}; ${meant}\`steward nodes\` lists the known ones`);
}

/**
 * The largest number of names for which similar names are suggested, and the time for the suggestions in milliseconds.
 */
const mostHints = 10;
const hintWait = 1000;

/**
 * Finds the most similar known node for each name that was never seen. Names without a similar known node are left out.
 */
export async function lookAlikes(broker: Broker, unseen: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (unseen.length === 0) return new Map();
  const tooLate = delay<string[]>(hintWait, [], { ref: false });
  const known = await Promise.race([knownNames(broker).catch(() => []), tooLate]);
  const meant = unseen.slice(0, mostHints).map((name) => {
    // If ship1 is known, the name ship2 is more likely a new node than a typing mistake. So names that differ only in
    // digits are left out.
    const others = known.filter((one) => withoutDigits(one) !== withoutDigits(name));
    return [name, closest(name, others)] as const;
  });
  return new Map(meant.flatMap(([name, one]) => (one === undefined ? [] : [[name, one]])));
}

function withoutDigits(name: string): string {
  return name.replaceAll(/\d+/g, "0");
}

/** The names of the nodes on which a daemon ever ran. Retired nodes are left out. */
export async function knownNames(broker: Broker): Promise<string[]> {
  const keys = await kvKeys(broker, broker.names.nodesBucket, "*.info");
  return keys.map((key) => key.slice(0, -".info".length));
}

/**
 * Returns the nodes that have no info. A daemon writes the info at each start, so no daemon ever ran on these nodes, or
 * they were retired. Queued messages do not prove that a node exists, because a message may be sent to a misspelt name.
 * If the info of a node cannot be read, the node counts as seen.
 */
export async function neverSeen(broker: Broker, nodes: readonly string[]): Promise<string[]> {
  const { nodesBucket } = broker.names;
  const seen = await inParallel(nodes, requestsAtOnce, async (node) => {
    const info = kvValue(broker, nodesBucket, `${node}.info`);
    return info.then((found) => found !== undefined).catch(() => true);
  });
  return nodes.filter((_node, index) => seen[index] !== true);
}

/** A "did you mean" question for the text of an error. Empty if no known name is similar. */
export function hint(meant: ReadonlyMap<string, string>): string {
  return meant.size === 0 ? "" : `did you mean ${[...new Set(meant.values())].join(" or ")}? `;
}
