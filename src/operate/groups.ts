import type { Broker } from "../broker/connection/broker.ts";
import { kvLast } from "../broker/read/bucket.ts";
import { streamInfo } from "../broker/read/stream-info.ts";
import { kvDelete, kvPut } from "../broker/write/kv.ts";
import { StewardError } from "../protocol/errors.ts";
import { encodeGroup, inOrder, parseGroup } from "../protocol/group.ts";
import { readGroups } from "../state/groups.ts";

/** The result of a change of a group. */
export interface GroupChange {
  readonly group: string;
  /** The nodes of the group after the change. Empty if the group was removed. */
  readonly nodes: readonly string[];
  readonly changed: boolean;
}

/** Adds nodes to a group. Creates the group if necessary. @throws StewardError streamsMissing, brokerRefused */
export function addToGroup(broker: Broker, group: string, nodes: readonly string[]): Promise<GroupChange> {
  return changeGroup(broker, group, (before) => [...before, ...nodes]);
}

/** Replaces the nodes of a group. Throws the same errors as `addToGroup`. */
export function setGroup(broker: Broker, group: string, nodes: readonly string[]): Promise<GroupChange> {
  return changeGroup(broker, group, () => nodes);
}

/**
 * Removes nodes from a group. If `nodes` is empty, removes the whole group. A group without nodes is removed too.
 * Throws the same errors as `addToGroup`.
 */
export function removeFromGroup(broker: Broker, group: string, nodes: readonly string[] = []): Promise<GroupChange> {
  return changeGroup(broker, group, (before) =>
    nodes.length === 0 ? [] : before.filter((name) => !nodes.includes(name)),
  );
}

/** Removes a node from every group. Resolves to the names of the groups that contained it. */
export async function removeFromGroups(broker: Broker, node: string): Promise<string[]> {
  const groups = [...(await readGroups(broker))].filter(([, nodes]) => nodes.includes(node)).map(([name]) => name);
  for (const group of groups) await removeFromGroup(broker, group, [node]);
  return groups;
}

/**
 * Changes a group with a compare-and-set, so that no change is lost if two operators change the group at the same time.
 */
async function changeGroup(
  broker: Broker,
  group: string,
  change: (before: readonly string[]) => readonly string[],
): Promise<GroupChange> {
  const { groupsBucket } = broker.names;
  // Without this check, a missing bucket would be treated as an unreachable broker, and the requests would not end.
  await streamInfo(broker, `KV_${groupsBucket}`);
  for (let tries = 0; ; tries++) {
    const last = await kvLast(broker, groupsBucket, group);
    const before = last?.value === undefined ? [] : (parseGroup(last.value)?.nodes ?? []);
    const nodes = inOrder(change(before));
    if (nodes.join() === before.join()) return { group, nodes, changed: false };
    const after = last?.revision ?? 0;
    const written =
      nodes.length === 0
        ? await kvDelete(broker, groupsBucket, group, after)
        : await kvPut(broker, groupsBucket, group, encodeGroup(nodes), { after });
    if (written.kind === "stored") return { group, nodes, changed: true };
    if (tries === 20) throw new StewardError("brokerRefused", `the group ${group} was not stored: ${written.reason}`);
    await broker.backOff(Math.min(tries, 2));
  }
}
