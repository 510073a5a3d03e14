import type { Broker } from "../broker/connection/broker.ts";
import { kvEntries } from "../broker/read/bucket.ts";
import { StewardError } from "../protocol/errors.ts";
import { removal } from "../protocol/features.ts";
import { byName } from "../util/by-name.ts";
import { parseJson } from "../util/parse-bytes.ts";
import { shortList } from "../util/short-list.ts";

/** A node with a daemon of an older version, which only acknowledges its ended messages. */
export interface OldDaemon {
  readonly node: string;
  /** True if the daemon is running now. */
  readonly up: boolean;
}

/**
 * The nodes whose last daemon does not remove its ended messages from the queue, sorted by name. A work queue removes a
 * message when it is acknowledged; the queue of this version does not.
 */
export async function oldDaemons(broker: Broker): Promise<OldDaemon[]> {
  try {
    const infos = await kvEntries(broker, broker.names.nodesBucket, "*.info");
    const up = await kvEntries(broker, broker.names.presenceBucket);
    const old = [...infos].filter(([, info]) => !knowsRemoval(info)).map(([key]) => key.slice(0, -".info".length));
    return old.toSorted(byName).map((node) => ({ node, up: up.has(node) }));
  } catch (error) {
    // A broker that was never set up has no nodes.
    if (StewardError.is(error, "streamsMissing")) return [];
    throw error;
  }
}

/** Says which nodes have an old daemon. */
export function listed(old: readonly OldDaemon[]): string {
  const have = old.length === 1 ? "1 node has" : `${old.length} nodes have`;
  return `${have} a daemon of an older version, which does not remove its ended messages: ${namesOf(old)}`;
}

/** The first of these nodes, and whether their daemons run. */
export function namesOf(old: readonly OldDaemon[]): string {
  return shortList(
    old.map(({ node, up }) => `${node} (${up ? "up" : "down"})`),
    10,
  );
}

function knowsRemoval(info: Uint8Array): boolean {
  const value = parseJson(info) as { readonly features?: unknown } | null | undefined;
  return Array.isArray(value?.features) && value.features.includes(removal);
}
