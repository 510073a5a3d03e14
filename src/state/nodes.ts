import type { Broker } from "../broker/connection/broker.ts";
import { ackHeads, type AckHead } from "../broker/read/ack-heads.ts";
import { bucketEntries, type BucketEntry } from "../broker/read/bucket.ts";
import { streamInfo } from "../broker/read/stream-info.ts";
import { isFinal } from "../protocol/ack.ts";
import { parseLaneHold, type LaneHold } from "../protocol/lane-hold.ts";
import { parsePresence, type Presence } from "../protocol/presence.ts";
import { typeAndSubject, laneOf, parseMessageSubject } from "../protocol/subjects.ts";
import type { Trouble } from "../protocol/trouble.ts";
import { byName } from "../util/by-name.ts";
import { countInQueue } from "./queue-counts.ts";
import { runningIn } from "./running.ts";

/** The known state of one node. */
export interface NodeState {
  readonly node: string;
  readonly up: boolean;
  /**
   * The latest time at which a daemon of the node certainly ran, by the broker's clock, RFC 3339 in UTC. For a node
   * that is up, this is the last heartbeat. For a node that is down, this is the latest of: the orderly end of its
   * daemon, the last ACK of its daemon, the last start of its daemon. Undefined if no daemon ever ran.
   */
  readonly lastSeen: string | undefined;
  /** The number of messages in the queue: waiting, running, or ended and not yet removed by the node. */
  readonly queued: number;
  /**
   * The number of running messages: the number in the last heartbeat, corrected by later ACKs. For a node that is down,
   * the number of messages that started and did not end.
   */
  readonly running: number;
  /** The latest ACK of each lane, sorted by lane. */
  readonly lanes: readonly LaneState[];
  /** The held lanes, with their reasons. */
  readonly holds: readonly HeldLane[];
  /** The current troubles of the daemon: tasks that the daemon cannot do at the moment. */
  readonly troubles: readonly Trouble[];
  readonly presence: Presence | undefined;
  /** The data that the daemon wrote at its last start: version, host, labels, subjects. */
  readonly info: NodeInfo | undefined;
}

/** The headers of a lane's latest ACK. */
export type LaneState = Omit<AckHead, "revision" | "storedAt" | "node"> & {
  /**
   * The time at which the state bucket stored the ACK, RFC 3339 in UTC. The broker's clock is the same for all nodes.
   */
  readonly at: string;
};

export interface HeldLane extends LaneHold {
  /** `messageType.subject`. */
  readonly lane: string;
}

export type NodeInfo = Readonly<Record<string, unknown>>;

/** All nodes at one moment. */
export interface Nodes {
  /** The broker's clock, in milliseconds since 1970. */
  readonly asOf: number;
  /** Sorted by name. */
  readonly nodes: readonly NodeState[];
}

/**
 * The state of one node, or of all known nodes. A node is known if it has a presence, an info, holds, queued messages,
 * or ACKs of other states than `cancelled`.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function readNodes(broker: Broker, node: string = "*"): Promise<Nodes> {
  const { names } = broker;
  const known = new Map<string, Known>();
  const of = (name: string): Known => {
    const found = known.get(name) ?? { acks: [], holds: [], queued: new Map() };
    known.set(name, found);
    return found;
  };
  const readPresences = async (): Promise<void> => {
    for await (const entry of bucketEntries(broker, names.presenceBucket, [node])) of(entry.key).presence = entry;
  };
  const readEntries = async (): Promise<void> => {
    for await (const entry of bucketEntries(broker, names.nodesBucket, [`${node}.info`, `${node}.lane.*.*`])) {
      if (entry.gone === undefined) takeEntry(of, entry);
    }
  };
  const readAcks = async (): Promise<void> => {
    for (const head of await ackHeads(broker, { node })) of(head.node).acks.push(head);
  };
  const readQueue = async (): Promise<void> => {
    const counts = await countInQueue(broker, node === "*" ? {} : { node }, queueOf);
    for (const [queue, count] of counts) {
      const [name = "", ...lane] = queue.split(".");
      of(name).queued.set(lane.join("."), count);
    }
  };
  const [{ ts = "" }] = await Promise.all([
    streamInfo(broker, names.messages),
    readPresences(),
    readEntries(),
    readAcks(),
    readQueue(),
  ]);
  const nodes = [...known].filter(([, its]) => isNode(its)).map(([name, its]) => stateOf(name, its));
  return { asOf: Date.parse(ts), nodes: nodes.toSorted((a, b) => byName(a.node, b.node)) };
}

/** The latest outcome in any lane of a node. */
export function lastOutcome({ lanes }: Pick<NodeState, "lanes">): LaneState | undefined {
  return lanes
    .filter(isFinal)
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .at(-1);
}

/** The lanes whose latest outcome is a failure: neither succeeded nor cancelled. */
export function failedLanes({ lanes }: Pick<NodeState, "lanes">): readonly LaneState[] {
  return lanes.filter(isFailure);
}

/** True if the state is final, and neither succeeded nor cancelled. */
export function isFailure(ack: Pick<LaneState, "state" | "final">): boolean {
  return isFinal(ack) && ack.state !== "succeeded" && ack.state !== "cancelled";
}

/** The data that was read for a node. */
interface Known {
  presence?: BucketEntry;
  info?: { readonly value: NodeInfo; readonly storedAt: number };
  readonly acks: AckHead[];
  readonly holds: HeldLane[];
  /** The number of messages, by lane. */
  readonly queued: Map<string, number>;
}

function takeEntry(of: (name: string) => Known, { key, data, storedAt }: BucketEntry): void {
  const [name = "", kind, ...lane] = key.split(".");
  if (kind === "info") {
    of(name).info = { value: readObject(data), storedAt };
    return;
  }
  const hold = parseLaneHold(data);
  if (hold !== undefined) of(name).holds.push({ lane: lane.join("."), ...hold });
}

/** The node and lane in the subject of a queued message. */
function queueOf(subject: string): string {
  const address = parseMessageSubject(subject);
  return address === undefined ? "" : `${address.node}.${laneOf(address)}`;
}

function isNode({ presence, info, acks, holds, queued }: Known): boolean {
  const isUp = presence !== undefined && presence.gone === undefined;
  return isUp || info !== undefined || holds.length > 0 || queued.size > 0 || acks.some(isSignOfLife);
}

/**
 * True if a daemon certainly wrote the ACK. The ACK of a cancelled message may come from the command of an operator.
 */
function isSignOfLife({ state }: AckHead): boolean {
  return state !== "cancelled";
}

function stateOf(node: string, { presence, info, acks, holds, queued }: Known): NodeState {
  const up = presence !== undefined && presence.gone === undefined;
  const beat = up ? parsePresence(presence.data) : undefined;
  // A daemon that stops normally deletes its presence. If the presence has expired instead, it is unknown when the
  // daemon ended.
  const goodbye = presence?.gone === "deleted" ? presence.storedAt : 0;
  const signs = up
    ? [presence.storedAt]
    : [goodbye, info?.storedAt ?? 0, ...acks.filter(isSignOfLife).map(({ storedAt }) => storedAt)];
  const lastSeen = signs.reduce((latest, sign) => Math.max(latest, sign), 0);
  return {
    node,
    up,
    lastSeen: lastSeen === 0 ? undefined : new Date(lastSeen).toISOString(),
    queued: [...queued.values()].reduce((sum, count) => sum + count, 0),
    running: runningIn({ beat, beatAt: presence?.storedAt ?? 0, acks, queued }),
    lanes: acks.map(laneState).toSorted((a, b) => byName(typeAndSubject(a), typeAndSubject(b))),
    holds: holds.toSorted((a, b) => byName(a.lane, b.lane)),
    troubles: beat?.troubles ?? [],
    presence: beat,
    info: info?.value,
  };
}

function laneState({ messageType, subject, id, state, final, storedAt }: AckHead): LaneState {
  return { messageType, subject, id, state, final, at: new Date(storedAt).toISOString() };
}

function readObject(bytes: Uint8Array): NodeInfo {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    return value !== null && typeof value === "object" ? { ...value } : {};
  } catch {
    return {};
  }
}
