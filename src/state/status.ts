import type { Broker } from "../broker/broker.ts";
import { lastOnSubject, type Stored } from "../broker/direct-get.ts";
import { queuedSubjects, streamInfo, subjectsIn } from "../broker/queue.ts";
import { readStream } from "../broker/read-stream.ts";
import { queuedFirings } from "../broker/schedules.ts";
import { isFinal, parseAck, type State } from "../protocol/ack.ts";
import { byName } from "../protocol/by-name.ts";
import { parseDuration } from "../protocol/duration.ts";
import { inParallel } from "../protocol/in-parallel.ts";
import type { Message } from "../protocol/message.ts";
import { originalOf } from "../protocol/original.ts";
import {
  ackFilter,
  ackSubject,
  messageSubject,
  parseAckSubject,
  parseMessageSubject,
  scheduleIdOf,
  type Address,
} from "../protocol/subjects.ts";
import { keyOf } from "../send/waiter.ts";
import type { HistoryEntry } from "./history.ts";

/** Where a message is. */
export interface Place {
  readonly address: Address;
  /** In the queue: waiting, or running, or its node did not come to take it out. */
  readonly queued: boolean;
}

/** What became of one message on one node. */
export interface MessageStatus extends Place {
  /** It expired in the queue before it began. The node records that, as its ACK, when it is back. */
  readonly expired: boolean;
  /** What was sent, as its final ACK or the queue has it. */
  readonly message: Message | undefined;
  /** When the queue got it, RFC 3339 in UTC, by the broker's clock; known as long as it is there. */
  readonly storedAt: string | undefined;
  /** All its ACKs, in order; the last one is where it stands. */
  readonly history: readonly HistoryEntry[];
}

/** Where a message stands on a node. */
export function stateOf({ history, expired }: Pick<MessageStatus, "history" | "expired">): State | "queued" {
  return history.at(-1)?.ack.state ?? (expired ? "expired" : "queued");
}

/** A message's fate on every node that it was sent to; empty when the id is neither in the queue nor in the log. */
export async function readStatus(broker: Broker, id: string): Promise<MessageStatus[]> {
  const statuses: MessageStatus[] = [];
  for await (const status of readStatuses(broker, await placesOf(broker, id))) statuses.push(status);
  return statuses;
}

/** Where a message stands in the queue or in the log: on which nodes and in which of their lanes; sorted by node. */
export async function placesOf(broker: Broker, id: string): Promise<Place[]> {
  const { namespace, names } = broker;
  // In this order: what leaves the queue in between stands in the log.
  const queued = await queuedSubjects(broker, `${namespace}.*.*.*.${id}`);
  const acked = await subjectsIn(broker, names.acks, ackFilter(namespace, { id }));
  const waiting = [...[...queued.keys()].map(parseMessageSubject), ...(await waitingFirings(broker, id))];
  const places = new Map<string, Place>();
  for (const address of waiting) if (address !== undefined) places.set(keyOf(address), { address, queued: true });
  for (const address of [...acked.keys()].map(parseAckSubject)) {
    if (address !== undefined && !places.has(keyOf(address))) places.set(keyOf(address), { address, queued: false });
  }
  return [...places.values()].toSorted((a, b) => byName(a.address.node, b.address.node));
}

/** In the queue a firing bears the name of its schedule. */
async function waitingFirings(broker: Broker, id: string): Promise<Address[]> {
  const schedule = scheduleIdOf(id);
  if (schedule === undefined) return [];
  const subjects = await queuedSubjects(broker, `${broker.namespace}.*.*.*.${schedule}`);
  const addresses = [...subjects.keys()].map(parseMessageSubject).filter((address) => address !== undefined);
  const found = await inParallel(addresses, requestsAtOnce, async (address) => {
    const firing = { ...address, id };
    return (await queuedFiring(broker, firing, schedule)) === undefined ? [] : [firing];
  });
  return found.flat();
}

/** How many nodes are read at once: their ACKs, with all that was written, are in memory together. */
const nodesAtOnce = 20;
const requestsAtOnce = 50;

/** A message's fate on each node; a fleet is read part by part. @throws StewardError streamsMissing, brokerRefused */
export async function* readStatuses(broker: Broker, places: readonly Place[]): AsyncGenerator<MessageStatus> {
  for (let at = 0; at < places.length; at += nodesAtOnce) {
    const part = places.slice(at, at + nodesAtOnce);
    const histories = await historiesOf(broker, part);
    const { ts = "" } = await streamInfo(broker, broker.names.messages);
    yield* await inParallel(part, requestsAtOnce, (place) =>
      statusOf(broker, place, histories.get(keyOf(place.address)) ?? [], Date.parse(ts)),
    );
  }
}

async function historiesOf(broker: Broker, places: readonly Place[]): Promise<Map<string, HistoryEntry[]>> {
  const filters = places.map(({ address }) => ackSubject(broker.namespace, address));
  const histories = new Map<string, HistoryEntry[]>();
  for await (const { subject, data, storedAt } of readStream(broker, broker.names.acks, { filters, from: "first" })) {
    const [address, ack] = [parseAckSubject(subject), parseAck(data)];
    if (address === undefined || ack === undefined) continue;
    const entry = { storedAt: new Date(storedAt).toISOString(), ack };
    histories.set(keyOf(address), [...(histories.get(keyOf(address)) ?? []), entry]);
  }
  return histories;
}

async function statusOf(
  broker: Broker,
  place: Place,
  history: readonly HistoryEntry[],
  now: number,
): Promise<MessageStatus> {
  const final = history.findLast(({ ack }) => isFinal(ack))?.ack;
  const found = final === undefined ? await queuedAt(broker, place.address) : undefined;
  const message = final === undefined ? found && originalOf(found.data).message : final.message;
  const expiresAt = (found?.storedAt ?? now) + (parseDuration(message?.expires ?? "") ?? Infinity);
  return {
    ...place,
    expired: history.length === 0 && expiresAt < now,
    message,
    storedAt: found && new Date(found.storedAt).toISOString(),
    history,
  };
}

type Queued = Pick<Stored, "data" | "storedAt">;

/** What stands in the queue. A replica that lags may not have it yet. */
async function queuedAt(broker: Broker, address: Address): Promise<Queued | undefined> {
  const found = await lastOnSubject(broker, broker.names.messages, messageSubject(broker.namespace, address));
  if (found !== undefined) return found;
  const schedule = scheduleIdOf(address.id);
  return schedule === undefined ? undefined : queuedFiring(broker, address, schedule);
}

async function queuedFiring(broker: Broker, address: Address, schedule: string): Promise<Queued | undefined> {
  for await (const { id, ...firing } of queuedFirings(broker, { ...address, id: schedule })) {
    if (id === address.id) return firing;
  }
  return undefined;
}
