import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import type { Broker } from "../../../src/broker/connection/broker.ts";
import { readStream } from "../../../src/broker/read/read-stream.ts";
import { streamInfo } from "../../../src/broker/read/stream-info.ts";
import { consumerInfo } from "../../../src/broker/topology/consumer.ts";
import { Queue } from "../../../src/broker/write/queue.ts";
import { isFinal, parseAck } from "../../../src/protocol/ack.ts";
import { ackFilter } from "../../../src/protocol/subjects.ts";
import { connectionStarts } from "./connections.ts";
import { endProcess } from "./daemon.ts";
import type { Work } from "./kinds.ts";
import { messagesFor, untilDrained } from "./work.ts";

/** A node's name, and how to start its program. */
export interface Worker {
  readonly node: string;
  readonly start: () => Promise<ChildProcess>;
}

export interface Place {
  readonly broker: Broker;
  readonly monitor: string;
}

/** How fast a worker handled the same messages live, and as a backlog. */
export interface Round {
  /** Messages a second. */
  readonly liveRate: number;
  readonly drainRate: number;
  /** From the worker's connection to the start of its first run and to its first final ACK, in milliseconds. */
  readonly firstRunMs: number;
  readonly firstAckMs: number;
}

/** How many messages may wait at most while they are sent live. */
const waiting = 512;

/** One round: the messages live, then the worker is stopped, as many are queued, and it is started again. */
export async function runRound(place: Place, { node, start }: Worker, work: Work, count: number): Promise<Round> {
  const { broker } = place;
  const before = await start();
  let from = await nextAck(broker);
  await sendLive(broker, node, work, count);
  await untilDrained(broker, node);
  const live = await finalsSince(broker, node, from);
  await endProcess(before);

  const messages = messagesFor(node, count, work);
  await new Queue(broker).put(messages);
  from = await nextAck(broker);
  const child = await start();
  await untilDrained(broker, node);
  const finals = await finalsSince(broker, node, from);
  const connected = (await connectionStarts(place.monitor)).at(-1) ?? Number.NaN;
  await endProcess(child);

  const inOrder = finals.length === count && finals.every(({ id }, at) => id === messages[at]?.id);
  if (!inOrder) throw new Error(`${node} did not drain its backlog in the order in which it was stored`);
  const first = finals[0];
  if (first === undefined) throw new Error(`${node} drained nothing`);
  return {
    liveRate: rateOf(live),
    drainRate: rateOf(finals),
    firstRunMs: first.startedAt - connected,
    firstAckMs: first.storedAt - connected,
  };
}

async function sendLive(broker: Broker, node: string, work: Work, count: number): Promise<void> {
  const queue = new Queue(broker);
  const batch = waiting / 2;
  for (let sent = 0; sent < count;) {
    const { num_pending: pending, num_ack_pending: unsettled } = await consumerInfo(broker, node);
    if (pending + unsettled > batch) {
      await delay(10);
      continue;
    }
    const size = Math.min(batch, count - sent);
    await queue.put(messagesFor(node, size, work));
    sent += size;
  }
}

interface Final {
  readonly id: string;
  readonly startedAt: number;
  readonly storedAt: number;
}

async function nextAck(broker: Broker): Promise<number> {
  const { state } = await streamInfo(broker, broker.names.acks);
  return (state?.last_seq ?? 0) + 1;
}

/** In the order in which they were stored. @throws Error when one did not succeed */
async function finalsSince(broker: Broker, node: string, from: number): Promise<Final[]> {
  const finals: Final[] = [];
  const filters = [ackFilter(broker.namespace, { node })];
  for await (const { data, storedAt } of readStream(broker, broker.names.acks, { filters, from })) {
    const ack = parseAck(data);
    if (ack === undefined || !isFinal(ack)) continue;
    if (ack.state !== "succeeded") throw new Error(`${ack.id} ${ack.state} on ${node}`);
    finals.push({ id: ack.id, startedAt: Date.parse(ack.startedAt ?? ""), storedAt });
  }
  return finals;
}

/** Messages a second, from the first final ACK to the last. */
function rateOf(finals: readonly Final[]): number {
  const [first, last] = [finals[0], finals.at(-1)];
  return first && last ? ((finals.length - 1) / (last.storedAt - first.storedAt)) * 1000 : Number.NaN;
}
