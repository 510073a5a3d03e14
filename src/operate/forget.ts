import { isSilence, type Broker } from "../broker/connection/broker.ts";
import { askNode } from "../broker/control/ask-node.ts";
import { bucketEntries, kvLast } from "../broker/read/bucket.ts";
import { countQueued } from "../broker/read/queued.ts";
import { readSchedules } from "../broker/read/schedules.ts";
import { stateCaughtUp } from "../broker/read/state-bucket.ts";
import { consumerInfo, removeConsumer } from "../broker/topology/consumer.ts";
import { purgeKeys } from "../broker/write/purge.ts";
import { isGone, thisProcess } from "../exec/process-identity.ts";
import { StewardError } from "../protocol/errors.ts";
import { newId } from "../protocol/ids.ts";
import { parsePresence, type Presence } from "../protocol/presence.ts";
import { messageFilter } from "../protocol/subjects.ts";
import { endedInQueue } from "../state/ended-in-queue.ts";
import { groupsOf } from "../state/node-page.ts";
import { cancelQueued } from "./cancel-queued.ts";
import { removeFromGroups } from "./groups.ts";
import { Lease } from "./lease.ts";
import { unschedule } from "./schedule.ts";

/** The data of a node in the broker, except its log. */
export interface Traces {
  /**
   * The number of messages that would be cancelled. Ended messages are left out if they are among the oldest 300 in the
   * queue.
   */
  readonly queued: number;
  /** The ids of the schedules of the node. */
  readonly schedules: readonly string[];
  readonly groups: readonly string[];
}

/** The result of retiring a node. */
export interface Forgotten {
  readonly cancelled: number;
  readonly schedules: readonly string[];
  readonly groups: readonly string[];
  /**
   * The number of messages that were sent to the name during the retirement. These messages wait for the next node with
   * this name.
   */
  readonly queuedMeanwhile: number;
}

/**
 * The heartbeat interval and the validity of the lease, in milliseconds. This process holds the lease of the node
 * during the retirement, so that no daemon starts.
 */
const [presenceBeat, presenceTtl] = [5000, 15_000];

/**
 * Finds all data of a node that can be removed. Undefined if the name was never used, or if the node is already
 * removed.
 * @throws StewardError nodeUp
 */
export async function tracesOf(broker: Broker, node: string): Promise<Traces | undefined> {
  const { names, namespace } = broker;
  const filter = messageFilter(namespace, { node });
  const [presence, inQueue, { ended }, schedules, groups, consumerExists, hasState] = await Promise.all([
    kvLast(broker, names.presenceBucket, node),
    countQueued(broker, filter, () => node),
    endedInQueue(broker, filter),
    readSchedules(broker, { node }),
    groupsOf(broker, node),
    hasConsumer(broker, node),
    isInState(broker, node),
    assertSilent(broker, node),
  ]);
  const holder = presence?.value && parsePresence(presence.value);
  // If the process of the daemon ran on this host and has ended, its lease may be taken. A process on another host
  // cannot be checked, so its lease must expire first.
  if (holder !== undefined && !isGone(holder)) throw isUp(node, `${whereOf(holder)} exists`);
  const traces = {
    queued: Math.max(0, (inQueue.get(node) ?? 0) - ended.length),
    schedules: [...new Set(schedules.map(({ address }) => address.id))].toSorted(),
    groups,
  };
  const isKnown = consumerExists || hasState || inQueue.size > 0 || presence?.value !== undefined;
  return isKnown || traces.queued + traces.schedules.length + groups.length > 0 ? traces : undefined;
}

export interface ForgetOptions {
  /** The name of the operator. */
  readonly by: string;
  /** Called with the reason for a delay. */
  readonly say?: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Retires a node. Cancels the queued messages of the node, and removes its schedules, its state, its consumer, and its
 * name in groups. The log stays. A daemon that starts during the retirement waits, and then comes up as a new node.
 * After an interruption, the call can be repeated.
 * @throws StewardError nodeUp, nodeTaken, notStored; the reason of `signal`
 */
export async function forgetNode(
  broker: Broker,
  node: string,
  { by, say = () => undefined, signal }: ForgetOptions,
): Promise<Forgotten> {
  const lost = new AbortController();
  const enough = AbortSignal.any([signal, lost.signal]);
  const lease = leaseOf(broker, node, { say, signal: enough }, (error) => lost.abort(error));
  await lease.acquire();
  try {
    return await removeAll(broker, node, { by, say, signal: enough });
  } finally {
    await lease.release();
    await removeGoodbye(broker, node);
  }
}

async function removeAll(broker: Broker, node: string, how: Required<ForgetOptions>): Promise<Forgotten> {
  const { by, signal } = how;
  const { names, namespace } = broker;
  const schedules = [...new Set((await readSchedules(broker, { node })).map(({ address }) => address.id))];
  for (const id of schedules) await unschedule(broker, id, { node, by, signal });
  const cancelled = await cancelQueued(broker, node, how);
  const groups = (await groupsOf(broker, node)).length > 0 ? await removeFromGroups(broker, node) : [];
  await stateCaughtUp(broker, signal);
  const { nodesBucket } = names;
  await broker.untilAnswered(() => purgeKeys(broker, nodesBucket, `${node}.>`), signal);
  await broker.untilAnswered(() => removeConsumer(broker, node), signal);
  broker.lookedUpNodes.delete(node);
  const filter = messageFilter(namespace, { node });
  const counts = await broker.untilAnswered(() => countQueued(broker, filter, () => node), signal);
  return { cancelled, schedules, groups, queuedMeanwhile: counts.get(node) ?? 0 };
}

function leaseOf(
  broker: Broker,
  node: string,
  { say, signal }: Pick<Required<ForgetOptions>, "say" | "signal">,
  lost: (error: StewardError) => void,
): Lease {
  const mine: Presence = { instance: newId(), startedAt: new Date().toISOString(), lanes: [], ...thisProcess() };
  return new Lease({
    broker,
    settings: { name: node, presenceBeat, presenceTtl },
    presence: () => mine,
    log: { warn: say, error: say },
    signal,
    lost,
  });
}

/**
 * Removes the delete marker that stays in the bucket after the release of the lease. If another daemon has taken the
 * lease since, its entry comes after the marker, and is not removed.
 */
async function removeGoodbye(broker: Broker, node: string): Promise<void> {
  const { presenceBucket } = broker.names;
  const last = await kvLast(broker, presenceBucket, node, AbortSignal.timeout(2000)).catch(() => undefined);
  if (last === undefined || last.value !== undefined) return;
  await purgeKeys(broker, presenceBucket, node, last.revision + 1).catch(() => undefined);
}

/**
 * True if the node has a consumer. The broker answers if there is none. If no answer comes, the server with the
 * consumer is lost.
 */
async function hasConsumer(broker: Broker, node: string): Promise<boolean> {
  try {
    return (await consumerInfo(broker, node)).error === undefined;
  } catch (error) {
    if (isSilence(error)) return true;
    throw error;
  }
}

async function isInState(broker: Broker, node: string): Promise<boolean> {
  const { nodesBucket } = broker.names;
  for await (const { gone } of bucketEntries(broker, nodesBucket, [`${node}.>`], { headersOnly: true })) {
    if (gone === undefined) return true;
  }
  return false;
}

/**
 * Throws if a daemon is connected. A connected daemon that does not answer may be suspended, and may continue at any
 * time.
 */
async function assertSilent(broker: Broker, node: string): Promise<void> {
  const { kind } = await askNode(broker, node, "status", 2000);
  if (kind === "silent") throw isUp(node, "its daemon is connected but does not answer");
  if (kind !== "nobody") throw isUp(node, "its daemon answers");
}

function isUp(node: string, why: string): StewardError {
  const mend = `stop it first, with \`steward lanes ${node} stop\``;
  return new StewardError("nodeUp", `${node} is up: ${why}; ${mend}`);
}

function whereOf({ pid, host }: Presence): string {
  return `the daemon's presence (process ${pid} on ${host})`;
}
