import { isFinal, parseAck } from "../../src/protocol/ack.ts";
import type { Broker } from "../../src/broker/connection/broker.ts";
import type { Stored } from "../../src/broker/read/direct-get.ts";
import { getPage } from "../../src/broker/read/page.ts";
import { readStream } from "../../src/broker/read/read-stream.ts";
import type { Message } from "../../src/protocol/message.ts";
import { keyOf, parseAckSubject, type Address } from "../../src/protocol/subjects.ts";
import { ackByHand, messageByHand, storeByHand } from "./by-hand.ts";
import { storeSchedule } from "./old-queue.ts";
import { until } from "./until.ts";

/** What a test has put into the queue of an old fleet. */
export interface FullQueue {
  readonly nodes: readonly string[];
  /** All messages, in the order in which the queue holds them. A firing has the id of the firing. */
  readonly messages: readonly Message[];
  /** The keys of the messages that had begun, and of those that may run at most once. */
  readonly begun: ReadonlySet<string>;
}

/**
 * Fills the queue: for each node so many messages in one lane, of which each second one has begun and each third one may
 * run at most once, and one firing behind them.
 */
export async function fillQueue(broker: Broker, nodeCount: number, each: number): Promise<FullQueue> {
  const { nc } = broker;
  const nodes = Array.from({ length: nodeCount }, (_, at) => `node${at}`);
  const all = Array.from({ length: each }, (_, at) =>
    nodes.map((node) => messageByHand({ node, id: `m${at}`, subject: "noop", data: [], ...atMostOnce(at) })),
  ).flat();
  await storeByHand(nc, all);
  const begun = all.filter((_message, at) => (at + Math.floor(at / nodeCount)) % 2 === 0);
  await storeByHand(
    nc,
    begun.map(({ id, node, subject }) => ackByHand({ id, node, subject, state: "started", instance: "BEFORE" })),
  );
  for (const node of nodes) await storeSchedule(nc, { node, id: "nightly", subject: "noop", data: [] }, "3600s");
  const firings: Message[] = [];
  await until(async () => (await queued(broker)).length === all.length + nodeCount);
  for await (const { headers, subject } of readQueue(broker, `${broker.namespace}.*.command.noop.nightly`)) {
    const [, node = ""] = subject.split(".");
    const sequence = headers?.get("Nats-Stream-Source").split(" ")[1];
    firings.push(messageByHand({ node, id: `nightly_${sequence}`, subject: "noop" }));
  }
  return { nodes, messages: [...all, ...firings], begun: new Set(begun.map(keyOf)) };
}

function atMostOnce(at: number): Partial<Message> {
  return at % 3 === 0 ? { delivery: "atMostOnce", expires: "6d" } : {};
}

/** Reads without a consumer, because a work queue allows no other. */
async function* readQueue(broker: Broker, filter: string = "steward.*.command.noop.*"): AsyncGenerator<Stored> {
  for (let from = 1; ;) {
    const { messages } = await getPage(broker, broker.names.messages, { filter, from, most: 1000 });
    yield* messages;
    const last = messages.at(-1);
    if (last === undefined) return;
    from = last.sequence + 1;
  }
}

/** The messages of the test that are in the queue, in order. */
export async function queued(broker: Broker): Promise<Message[]> {
  const found: Message[] = [];
  for await (const { data } of readQueue(broker)) found.push(JSON.parse(Buffer.from(data).toString()) as Message);
  return found;
}

/** What the log says of the test's messages. */
export interface Log {
  /** The states of each message's ACKs, in order, by the message's key. */
  readonly journals: ReadonlyMap<string, readonly string[]>;
  /** The keys of the messages in the order of their ends. */
  readonly ends: readonly string[];
}

export async function readLog(broker: Broker): Promise<Log> {
  const journals = new Map<string, string[]>();
  const ends: string[] = [];
  const filters = ["steward.*.ack.command.noop.*"];
  for await (const { subject, data } of readStream(broker, broker.names.acks, { filters, from: "first" })) {
    const key = keyOf(parseAckSubject(subject) as Address);
    const ack = parseAck(data);
    journals.set(key, [...(journals.get(key) ?? []), ack?.state ?? "unreadable"]);
    if (ack !== undefined && isFinal(ack)) ends.push(key);
  }
  return { journals, ends };
}

/** The keys by node, in the same order. */
export function byNode(keys: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const key of keys) {
    const node = key.slice(0, key.indexOf("."));
    found.set(node, [...(found.get(node) ?? []), key]);
  }
  return found;
}
