import * as v from "valibot";
import type { Broker } from "../broker/connection/broker.ts";
import { kvEntries } from "../broker/read/bucket.ts";
import { countQueued } from "../broker/read/queued.ts";
import { lanesPageSchema, type LaneReport, type LanesPage } from "../protocol/control.ts";
import { StewardError } from "../protocol/errors.ts";
import { laneHoldKey, parseLaneHold } from "../protocol/lane-hold.ts";
import { laneOf, messageFilter, parseMessageSubject } from "../protocol/subjects.ts";
import { byName } from "../util/by-name.ts";
import { controlNode } from "./control-node.ts";
import { endedInQueue } from "./ended-in-queue.ts";

/** The lanes of a node, sorted by name. */
export interface NodeLanes {
  readonly node: string;
  /** `up` if the daemon answered. Otherwise the data is from the broker, which does not know the running messages. */
  readonly daemon: "up" | "down" | "silent";
  /** True if the daemon starts no more messages in any lane. */
  readonly draining: boolean;
  readonly lanes: readonly LaneReport[];
}

/**
 * The lanes that are held, or that have waiting or running messages.
 * @throws StewardError neverSeen for an unknown node; refused, streamsMissing
 */
export async function readLanes(broker: Broker, node: string): Promise<NodeLanes> {
  try {
    const lanes = await askForLanes(broker, node);
    const { draining } = v.parse(v.object({ draining: v.boolean() }), await controlNode(broker, node, "status"));
    return { node, daemon: "up", draining, lanes: sorted(lanes) };
  } catch (error) {
    const code = error instanceof StewardError ? error.code : undefined;
    if (code !== "nodeDown" && code !== "nodeSilent") throw error;
    const daemon = code === "nodeDown" ? "down" : "silent";
    return { node, daemon, draining: false, lanes: await lanesInBroker(broker, node) };
  }
}

/** Asks the daemon for all lanes, page by page. */
async function askForLanes(broker: Broker, node: string): Promise<LaneReport[]> {
  const all: LaneReport[] = [];
  for (let after: string | undefined = ""; after !== undefined;) {
    const { lanes, more }: LanesPage = v.parse(lanesPageSchema, await controlNode(broker, node, "lanes", { after }));
    const before: string = after;
    // An older daemon ignores `after` and sends the same page again. Without this check, the requests would not end.
    const further = lanes.filter(({ name }) => name > before);
    for (const lane of further) all.push(lane);
    after = more > 0 ? further.at(-1)?.name : undefined;
  }
  return all;
}

/**
 * The lanes of a node, read without its daemon. The result contains the lanes that are held, or that have waiting or
 * started messages. Ended messages among the oldest 300 in the queue are not counted. Other ended messages in the queue
 * count as waiting.
 */
export async function lanesInBroker(broker: Broker, node: string): Promise<LaneReport[]> {
  const filter = messageFilter(broker.namespace, { node });
  const [entries, waiting, { ended }] = await Promise.all([
    kvEntries(broker, broker.names.nodesBucket, laneHoldKey(node, "*.*")),
    countQueued(broker, filter, laneIn),
    endedInQueue(broker, filter),
  ]);
  waiting.delete("");
  for (const { address } of ended) waiting.set(laneOf(address), (waiting.get(laneOf(address)) ?? 0) - 1);
  const holds = new Map([...entries].map(([key, value]) => [key.slice(laneHoldKey(node, "").length), value]));
  const lanes = [...new Set([...waiting.keys(), ...holds.keys()])].flatMap((name) => {
    const [count, entry] = [waiting.get(name) ?? 0, holds.get(name)];
    const hold = entry && parseLaneHold(entry);
    return count <= 0 && hold === undefined ? [] : [{ name, waiting: Math.max(0, count), running: [], hold }];
  });
  return sorted(lanes);
}

/** The lane of a message in the queue. Empty if the subject is not the subject of a message. */
function laneIn(subject: string): string {
  const address = parseMessageSubject(subject);
  return address === undefined ? "" : laneOf(address);
}

function sorted(lanes: readonly LaneReport[]): LaneReport[] {
  return lanes.toSorted((a, b) => byName(a.name, b.name));
}
