import type { Broker } from "../broker/connection/broker.ts";
import { kvLast } from "../broker/read/bucket.ts";
import { streamInfo } from "../broker/read/stream-info.ts";
import { kvPut } from "../broker/write/kv.ts";
import { StewardError } from "../protocol/errors.ts";
import { encodeGroup, inOrder, parseGroup } from "../protocol/group.ts";
import { readGroups } from "../state/groups.ts";

/** What a change of a group did. */
export interface GroupChange {
  readonly group: string;
  /** Who is in it now; none when the group is gone. */
  readonly nodes: readonly string[];
  readonly changed: boolean;
}

/** Adds nodes to a group, which is made if need be. @throws StewardError streamsMissing, brokerRefused */
export function addToGroup(broker: Broker, group: string, nodes: readonly string[]): Promise<GroupChange> {
  return changeGroup(broker, group, (before) => [...before, ...nodes]);
}

/** Makes a group of these nodes alone, whoever was in it. Throws as `addToGroup`. */
export function setGroup(broker: Broker, group: string, nodes: readonly string[]): Promise<GroupChange> {
  return changeGroup(broker, group, () => nodes);
}

/** Takes nodes out of a group, or removes it when none are named; a group without nodes is removed. Throws as `addToGroup`. */
export function removeFromGroup(broker: Broker, group: string, nodes: readonly string[] = []): Promise<GroupChange> {
  return changeGroup(broker, group, (before) =>
    nodes.length === 0 ? [] : before.filter((name) => !nodes.includes(name)),
  );
}

/** Takes a node out of every group. Resolves to the names of those that it was in. */
export async function removeFromGroups(broker: Broker, node: string): Promise<string[]> {
  const groups = [...(await readGroups(broker))].filter(([, nodes]) => nodes.includes(node)).map(([name]) => name);
  for (const group of groups) await removeFromGroup(broker, group, [node]);
  return groups;
}

/** Compare-and-set, so that two operators who change a group at once both have their way. */
async function changeGroup(
  broker: Broker,
  group: string,
  change: (before: readonly string[]) => readonly string[],
): Promise<GroupChange> {
  const { groupsBucket } = broker.names;
  // A bucket that is not there would be asked for ever: it would count as a broker that is away.
  await streamInfo(broker, `KV_${groupsBucket}`);
  for (let tries = 0; ; tries++) {
    const last = await kvLast(broker, groupsBucket, group);
    const before = last?.value === undefined ? [] : (parseGroup(last.value)?.nodes ?? []);
    const nodes = inOrder(change(before));
    if (nodes.join() === before.join()) return { group, nodes, changed: false };
    const write = { after: last?.revision ?? 0, ...(nodes.length === 0 ? { operation: "DEL" as const } : {}) };
    const value = nodes.length === 0 ? "" : encodeGroup(nodes);
    const written = await kvPut(broker, groupsBucket, group, value, write);
    if (written.kind === "stored") return { group, nodes, changed: true };
    if (tries === 20) throw new StewardError("brokerRefused", `the group ${group} was not stored: ${written.reason}`);
    await broker.backOff(Math.min(tries, 2));
  }
}
