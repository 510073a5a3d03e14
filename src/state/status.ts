import type { Broker } from "../broker/connection/broker.ts";
import { queuedAt } from "../broker/read/queued.ts";
import { readStream } from "../broker/read/read-stream.ts";
import { isFinal, parseAck, type State } from "../protocol/ack.ts";
import type { Message } from "../protocol/message.ts";
import { originalOf } from "../protocol/original.ts";
import { ackSubject, keyOf, parseAckSubject } from "../protocol/subjects.ts";
import { inParallel } from "../util/in-parallel.ts";
import type { HistoryEntry } from "./history.ts";
import { placesOf, type Place } from "./places.ts";
import { readStandings, type Asked, type WithStanding } from "./read-standings.ts";
import type { Standing } from "./standing.ts";

/** The state of one message on one node, with its history. */
export interface MessageStatus extends Place {
  readonly standing: Standing;
  /** The message, from its final ACK or the queue. */
  readonly message: Message | undefined;
  /**
   * The time at which the queue stored the message, RFC 3339 in UTC, by the broker's clock. Known only while the
   * message is in the queue.
   */
  readonly storedAt: string | undefined;
  /** All ACKs of the message, in order. The last ACK has the current state. */
  readonly history: readonly HistoryEntry[];
}

/** The state of a message on a node: the state of its last ACK. If there is no ACK, the standing of the message. */
export function stateOf({ history, standing }: Pick<MessageStatus, "history" | "standing">): State | Standing {
  return history.at(-1)?.ack.state ?? standing;
}

/** The status of a message on all its nodes. Empty if the id is in neither the queue nor the log. */
export async function readStatus(broker: Broker, id: string): Promise<MessageStatus[]> {
  const statuses: MessageStatus[] = [];
  for await (const status of readStatuses(broker, await placesOf(broker, id))) statuses.push(status);
  return statuses;
}

/** The number of nodes that are read at once. The ACKs of these nodes, with all output, are in memory together. */
const nodesAtOnce = 20;
const requestsAtOnce = 50;

/**
 * The status of a message at each place. Large fleets are read in parts.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function* readStatuses(broker: Broker, places: readonly Place[]): AsyncGenerator<MessageStatus> {
  for (let at = 0; at < places.length; at += nodesAtOnce) {
    const part = places.slice(at, at + nodesAtOnce);
    const histories = await historiesOf(broker, part);
    const looked = await inParallel(part, requestsAtOnce, (place) =>
      lookAt(broker, place, histories.get(keyOf(place.address)) ?? []),
    );
    yield* (await readStandings(broker, looked)).map(statusOf);
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

interface Looked extends Asked {
  readonly place: Place;
  readonly history: readonly HistoryEntry[];
  readonly message: Message | undefined;
}

async function lookAt(broker: Broker, place: Place, history: readonly HistoryEntry[]): Promise<Looked> {
  const { address } = place;
  const final = history.findLast(({ ack }) => isFinal(ack))?.ack;
  if (final !== undefined) return { place, address, history, ack: final, message: final.message };
  const queued = await queuedAt(broker, address);
  const message = queued && originalOf(queued.data).message;
  return { place, address, history, ack: history.at(-1)?.ack, queued, message };
}

function statusOf({ place, history, message, queued, standing, ack, ackedAt }: Looked & WithStanding): MessageStatus {
  // The history may have been read from a replica that did not have the last ACK yet. In this case the last ACK is
  // added.
  const missed = ack === undefined || ackedAt === undefined ? [] : [{ storedAt: timeOf(ackedAt), ack }];
  const storedAt = queued && timeOf(queued.storedAt);
  return { ...place, standing, message: message ?? ack?.message, storedAt, history: [...history, ...missed] };
}

function timeOf(moment: number): string {
  return new Date(moment).toISOString();
}
