import type { Broker } from "../broker/connection/broker.ts";
import { kvEntries } from "../broker/read/bucket.ts";
import { parseGroup } from "../protocol/group.ts";
import { byName } from "../util/by-name.ts";

/** All groups with their nodes, sorted by name. @throws StewardError streamsMissing */
export async function readGroups(broker: Broker): Promise<Map<string, readonly string[]>> {
  const entries = await kvEntries(broker, broker.names.groupsBucket);
  const groups = [...entries].map(([name, value]) => [name, parseGroup(value)?.nodes ?? []] as const);
  return new Map(groups.toSorted(([a], [b]) => byName(a, b)));
}
