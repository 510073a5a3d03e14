import type { Broker } from "../broker/broker.ts";
import { kvEntries } from "../broker/kv.ts";
import { queuedSubjects } from "../broker/queue.ts";
import { isFinal, parseAck, type Ack } from "../protocol/ack.ts";
import { parseLaneHold, type LaneHold } from "../protocol/lane-hold.ts";
import { parsePresence, type Presence } from "../protocol/presence.ts";
import { parseMessageSubject } from "../protocol/subjects.ts";

/** What is known of one node. */
export interface NodeState {
  readonly node: string;
  readonly up: boolean;
  readonly presence: Presence | undefined;
  /** What the node said of itself at its last start: version, host, labels, subjects. */
  readonly info: Readonly<Record<string, unknown>> | undefined;
  /** Messages in the queue, with those that run. */
  readonly queued: number;
  /** The latest ACK of each of its lanes. */
  readonly lanes: readonly Ack[];
  /** Its lanes that begin no further message, and why. */
  readonly holds: readonly HeldLane[];
}

export interface HeldLane extends LaneHold {
  /** `messageType.subject`. */
  readonly lane: string;
}

/** The state of every node that is known: by its presence, its state entries or its queue. Sorted by name. */
export async function readNodes(broker: Broker): Promise<NodeState[]> {
  const { names, namespace } = broker;
  const [presences, entries, queued] = await Promise.all([
    kvEntries(broker, names.presenceBucket),
    kvEntries(broker, names.nodesBucket),
    queuedSubjects(broker, `${namespace}.*.*.*.*`),
  ]);
  const queueLengths = new Map<string, number>();
  for (const [subject, count] of queued) {
    const node = parseMessageSubject(subject)?.node;
    if (node !== undefined) queueLengths.set(node, (queueLengths.get(node) ?? 0) + count);
  }
  const infos = new Map<string, Record<string, unknown>>();
  const holds = new Map<string, HeldLane[]>();
  const acks = new Map<string, Ack[]>();
  for (const [key, value] of entries) {
    const [node = "", kind, ...rest] = key.split(".");
    if (kind === "info") {
      infos.set(node, readObject(value));
    } else if (kind === "lane") {
      const hold = parseLaneHold(value);
      if (hold !== undefined) holds.set(node, [...(holds.get(node) ?? []), { lane: rest.join("."), ...hold }]);
    } else {
      const ack = parseAck(value);
      if (ack !== undefined) acks.set(node, [...(acks.get(node) ?? []), ack]);
    }
  }
  const known = new Set([presences, infos, holds, acks, queueLengths].flatMap((found) => [...found.keys()]));
  return [...known].toSorted().map((node) => {
    const value = presences.get(node);
    const presence = value && parsePresence(value);
    const lanes = acks.get(node) ?? [];
    return {
      node,
      up: value !== undefined,
      presence,
      info: infos.get(node),
      queued: queueLengths.get(node) ?? 0,
      lanes,
      holds: holds.get(node) ?? [],
    };
  });
}

/** The latest ACK of a node in any lane; the one that ended last. */
export function lastOutcome({ lanes }: NodeState): Ack | undefined {
  const ended = lanes.filter(isFinal);
  return ended.toSorted((a, b) => (a.finishedAt ?? "").localeCompare(b.finishedAt ?? "")).at(-1);
}

function readObject(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    return value !== null && typeof value === "object" ? { ...value } : {};
  } catch {
    return {};
  }
}
