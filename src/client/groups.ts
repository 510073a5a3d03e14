import { addToGroup, removeFromGroup, setGroup, type GroupChange } from "../operate/groups.ts";
import { groupName } from "../protocol/targets.ts";
import { readGroups } from "../state/groups.ts";
import { lookAlikes, neverSeen } from "../state/known-nodes.ts";
import { resolve, type Targets } from "./draft.ts";
import type { Signal } from "./options.ts";
import { unseenNodes, type UnseenNode } from "./sent.ts";
import type { Session } from "./session.ts";

/** The result of a change of a group. */
export interface GroupResult extends GroupChange {
  /** Nodes of the group that were never seen. The names of these nodes may be misspelt. */
  readonly unseen: readonly UnseenNode[];
}

export interface RemoveFromGroupOptions extends Signal {
  /** Removes only these nodes. Default: the whole group. */
  readonly nodes?: Targets | undefined;
}

const changes = { set: setGroup, add: addToGroup };

/** @throws StewardError badName, noMatch, streamsMissing, brokerRefused */
export function changeGroup(
  session: Session,
  change: "set" | "add",
  name: string,
  targets: Targets,
  options: Signal = {},
): Promise<GroupResult> {
  return session.run(options, async () => {
    const group = groupName(name);
    const { nodes } = await resolve(session, targets);
    const changed = await changes[change](session.broker, group, nodes);
    const names = await neverSeen(session.broker, nodes);
    return { ...changed, unseen: unseenNodes(names, await lookAlikes(session.broker, names)) };
  });
}

export function removeGroup(
  session: Session,
  name: string,
  { nodes, ...options }: RemoveFromGroupOptions = {},
): Promise<GroupChange> {
  return session.run(options, async () => {
    const group = groupName(name);
    const meant = nodes === undefined ? [] : (await resolve(session, nodes)).nodes;
    return removeFromGroup(session.broker, group, meant);
  });
}

export function listGroups(
  session: Session,
  options: Signal = {},
): Promise<Readonly<Record<string, readonly string[]>>> {
  return session.run(options, async () => Object.fromEntries(await readGroups(session.broker)));
}
