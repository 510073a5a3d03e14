import type { Broker } from "../broker/connection/broker.ts";
import { ackHeads, ackOfHead, type AckHead } from "../broker/read/ack-heads.ts";
import type { Ack } from "../protocol/ack.ts";
import { StewardError } from "../protocol/errors.ts";
import { messageFilter } from "../protocol/subjects.ts";
import { inParallel } from "../util/in-parallel.ts";
import { endedInQueue } from "./ended-in-queue.ts";
import { readGroups } from "./groups.ts";
import { lanesInBroker, readLanes, type NodeLanes } from "./lanes.ts";
import { isFailure, readNodes, type NodeState } from "./nodes.ts";

/** The data of one node, with its lanes, groups and failures. */
export interface NodePage {
  readonly state: NodeState;
  /** The broker's clock, in milliseconds since 1970. */
  readonly asOf: number;
  /** The lanes, from the daemon. If the daemon does not answer, the lanes are read from the broker. */
  readonly now: NodeLanes;
  /** The number of messages in the queue that have ended and are not yet removed, among the oldest 300 in the queue. */
  readonly ended: number;
  /** The groups that contain the node. */
  readonly groups: readonly string[];
  /** The latest failures in the state bucket, newest first. The bucket keeps five ACKs of each lane. */
  readonly lastFailures: readonly LastFailure[];
}

export interface LastFailure extends Pick<Ack, "messageType" | "subject" | "id" | "state" | "attempt" | "error"> {
  /** The time at which the state bucket stored the failure, RFC 3339 in UTC. */
  readonly at: string;
}

const mostFailures = 5;

/** All known data about one node. Undefined for an unknown node. @throws StewardError streamsMissing, refused */
export async function readNode(broker: Broker, name: string): Promise<NodePage | undefined> {
  const { asOf, nodes } = await readNodes(broker, name);
  const [state] = nodes;
  if (state === undefined) return undefined;
  const [now, { ended }, groups, lastFailures] = await Promise.all([
    lanesNow(broker, state),
    endedInQueue(broker, messageFilter(broker.namespace, { node: name })),
    groupsOf(broker, name),
    readFailures(broker, name),
  ]);
  return { state, asOf, now, ended: ended.length, groups, lastFailures };
}

/** The current lanes of a node. A node without presence and info has no daemon, so only the broker is asked. */
async function lanesNow(broker: Broker, { node, up, info }: NodeState): Promise<NodeLanes> {
  if (up || info !== undefined) return readLanes(broker, node);
  return { node, daemon: "down", draining: false, lanes: await lanesInBroker(broker, node) };
}

/** The groups that contain a node. Empty if the bucket of groups does not exist yet. */
export async function groupsOf(broker: Broker, node: string): Promise<string[]> {
  try {
    return [...(await readGroups(broker))].filter(([, nodes]) => nodes.includes(node)).map(([name]) => name);
  } catch (error) {
    if (error instanceof StewardError && error.code === "streamsMissing") return [];
    throw error;
  }
}

async function readFailures(broker: Broker, node: string): Promise<LastFailure[]> {
  const heads = (await ackHeads(broker, { node, history: true })).filter(isFailure).slice(-mostFailures);
  const failures = await inParallel(heads, mostFailures, async (head) =>
    failureOf(head, await ackOfHead(broker, head)),
  );
  return failures.toReversed();
}

/** Describes a failure. If the ACK no longer exists, the headers in the state bucket are used. */
function failureOf({ messageType, subject, id, state, storedAt }: AckHead, ack: Ack | undefined): LastFailure {
  const at = new Date(storedAt).toISOString();
  return { messageType, subject, id, state, at, attempt: ack?.attempt ?? 0, error: ack?.error };
}
